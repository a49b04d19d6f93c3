using '../../infra/main.bicep'

// What neither main.dev nor main.prod turns on.
param environmentName = 'cellstitch-all'
param location = 'westeurope'
param principalId = '11111111-1111-1111-1111-111111111111'
param principalType = 'ServicePrincipal'
param instanceMemoryMB = 4096
param durableBackEnd = 'DurableTaskScheduler'
param privateNetwork = true
param allowedClients = ['192.0.2.0/24']
