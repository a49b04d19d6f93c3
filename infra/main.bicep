targetScope = 'subscription'

metadata name = 'CellStitch.Cloud'
metadata description = 'The function app on Flex Consumption, its two storage accounts, and what watches over them. The subscription of the drop folder follows after the app is published: eventing.bicep.'

@description('Required. Name of the environment, as in azd; part of the names of all resources.')
@minLength(1)
@maxLength(32)
param environmentName string

@description('Required. Region of all resources; Flex Consumption must be offered there.')
@minLength(1)
param location string

@description('Optional. Memory of an instance. 2048 has one core, 4096 two; host.json is made for 2048 and up.')
@allowed([2048, 4096])
param instanceMemoryMB int = 2048

@description('Optional. Most instances at once. 250 of 2048 MB are a region\'s default quota, shared by all apps of the subscription.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 100

@description('Optional. Instances that are always there for Durable Functions. 1 saves small jobs the cold start and costs its idle time; 0 costs nothing.')
@minValue(0)
@maxValue(20)
param alwaysReadyDurable int = 1

@description('Optional. Where Durable Functions keeps its history: the host\'s storage account, or a Durable Task Scheduler (docs/azure.md says what the build needs for it).')
@allowed(['AzureStorage', 'DurableTaskScheduler'])
param durableBackEnd string = 'AzureStorage'

@description('Optional. Whether both storage accounts are reached by private endpoints only.')
param privateNetwork bool = false

@description('Optional. Address ranges (CIDR) that may call the HTTP API and, in a private network, upload to and download from the data account. Empty: the API answers everybody who has a key.')
param allowedClients string[] = []

@description('Optional. Object id of the user or group that drops jobs and reads results; azd passes who runs it. Empty: nobody but the app.')
param principalId string = ''

@description('Optional. What the principal is.')
@allowed(['User', 'Group', 'ServicePrincipal'])
param principalType string = 'User'

@description('Optional. Days after which intermediates of runs that did not succeed are deleted; longer than the longest run.')
@minValue(2)
@maxValue(3650)
param keepWorkDays int = 7

@description('Optional. Days after which the history of ended runs is deleted.')
@minValue(1)
@maxValue(3650)
param keepHistoryDays int = 30

@description('Optional. Days after which results move to the cool tier; 0 leaves them where they are.')
@minValue(0)
@maxValue(3650)
param coolResultsAfterDays int = 0

@description('Optional. Days that logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Optional. Most gigabytes of logs a day; what comes after is dropped.')
@minValue(1)
@maxValue(100)
param logDailyCapGb int = 1

@description('Optional. Hours after which a job that still runs raises an alert.')
@minValue(1)
@maxValue(48)
param oldestJobAlertHours int = 6

@description('Optional. Mail address for alerts and the budget. Empty: alerts are shown in the portal only, and there is no budget.')
param alertEmail string = ''

@description('Optional. Monthly budget of the resource group, in the currency of the subscription; mails are sent at 80 and 100 percent of it. 0: no budget. Nothing is stopped.')
@minValue(0)
param monthlyBudget int = 0

@description('Optional. First day of a month, from which the budget counts; must not be in the past when the budget is created.')
param budgetStart string = '2026-12-01'

var tags = { 'azd-env-name': environmentName }
var token = uniqueString(subscription().id, environmentName, location)

// All names are known from the start, so what-if sees through all modules; the order of the modules is said by dependsOn.
var names = {
  identity: 'id-cellstitch-${token}'
  hostAccount: 'sthost${token}'
  dataAccount: 'stdata${token}'
  network: 'vnet-cellstitch-${token}'
  workspace: 'log-cellstitch-${token}'
  insights: 'appi-cellstitch-${token}'
  scheduler: 'dts-cellstitch-${token}'
  plan: 'plan-cellstitch-${token}'
  app: 'func-cellstitch-${token}'
  topic: 'evgt-cellstitch-${token}'
  actions: 'ag-cellstitch-${token}'
  alerts: 'alert-cellstitch-${token}'
  budget: 'budget-cellstitch-${token}'
}

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  scope: group
  params: {
    name: names.identity
    location: location
    tags: tags
  }
}

module storage 'modules/storage.bicep' = {
  scope: group
  params: {
    hostAccountName: names.hostAccount
    dataAccountName: names.dataAccount
    location: location
    tags: tags
    privateNetwork: privateNetwork
    allowedClients: allowedClients
    keepWorkDays: keepWorkDays
    coolResultsAfterDays: coolResultsAfterDays
  }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  scope: group
  params: {
    name: names.network
    location: location
    tags: tags
    hostAccountName: names.hostAccount
    dataAccountName: names.dataAccount
  }
  dependsOn: [storage]
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    workspaceName: names.workspace
    insightsName: names.insights
    location: location
    tags: tags
    retentionDays: logRetentionDays
    dailyCapGb: logDailyCapGb
  }
}

module scheduler 'modules/scheduler.bicep' = if (durableBackEnd == 'DurableTaskScheduler') {
  scope: group
  params: {
    name: names.scheduler
    location: location
    tags: tags
    identityName: names.identity
  }
  dependsOn: [identity]
}

module roles 'modules/roles.bicep' = {
  scope: group
  params: {
    identityName: names.identity
    hostAccountName: names.hostAccount
    dataAccountName: names.dataAccount
    insightsName: names.insights
    historyInStorage: durableBackEnd == 'AzureStorage'
    userPrincipalId: principalId
    userPrincipalType: principalType
  }
  dependsOn: [identity, storage, monitoring]
}

module app 'modules/app.bicep' = {
  scope: group
  params: {
    name: names.app
    planName: names.plan
    location: location
    tags: tags
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyDurable: alwaysReadyDurable
    identityName: names.identity
    hostAccountName: names.hostAccount
    dataAccountName: names.dataAccount
    insightsName: names.insights
    networkName: privateNetwork ? names.network : ''
    schedulerName: durableBackEnd == 'DurableTaskScheduler' ? names.scheduler : ''
    allowedClients: allowedClients
    keepWorkDays: keepWorkDays
    keepHistoryDays: keepHistoryDays
  }
  // The app reaches its storage from its first second, so its rights and ways come first.
  dependsOn: [roles, network, scheduler]
}

module topic 'modules/topic.bicep' = {
  scope: group
  params: {
    name: names.topic
    location: location
    tags: tags
    dataAccountName: names.dataAccount
  }
  dependsOn: [storage]
}

module alerts 'modules/alerts.bicep' = {
  scope: group
  params: {
    name: names.alerts
    actionGroupName: names.actions
    location: location
    tags: tags
    workspaceName: names.workspace
    topicName: names.topic
    email: alertEmail
    oldestJobHours: oldestJobAlertHours
  }
  dependsOn: [monitoring, topic]
}

module budget 'modules/budget.bicep' = if (monthlyBudget > 0 && !empty(alertEmail)) {
  scope: group
  params: {
    name: names.budget
    amount: monthlyBudget
    startDate: budgetStart
    email: alertEmail
  }
}

@description('The resource group.')
output AZURE_RESOURCE_GROUP string = group.name

@description('The function app; scripts publish to it.')
output AZURE_FUNCTION_APP_NAME string = names.app

@description('The system topic that the subscription of the drop folder is made on.')
output AZURE_EVENT_TOPIC_NAME string = names.topic

@description('Where the HTTP API answers.')
output CELLSTITCH_API_URL string = 'https://${app.outputs.hostName}/api'

@description('The account to drop jobs into and to fetch results from.')
output CELLSTITCH_DATA_ACCOUNT string = names.dataAccount
