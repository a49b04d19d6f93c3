using 'main.bicep'

// A group that tries it out: open network, no idle instance, small ceilings.
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'cellstitch-dev')
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param principalId = readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')
param instanceMemoryMB = 2048
param maximumInstanceCount = 40
param alwaysReadyDurable = 0
