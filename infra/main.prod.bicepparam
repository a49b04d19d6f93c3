using 'main.bicep'

// A lab or an institute: storage in a private network, alerts by mail, a budget.
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'cellstitch-prod')
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param principalId = readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')
param principalType = 'Group'
param instanceMemoryMB = 2048
param maximumInstanceCount = 250
param alwaysReadyDurable = 1
param privateNetwork = true
param coolResultsAfterDays = 30
param logDailyCapGb = 5
param alertEmail = readEnvironmentVariable('CELLSTITCH_ALERT_EMAIL', 'operator@example.org')
param monthlyBudget = 200
