@description('Required. The app\'s identity.')
param identityName string

@description('Required. Account of the host.')
param hostAccountName string

@description('Required. Account of the data.')
param dataAccountName string

@description('Required. The Application Insights component.')
param insightsName string

@description('Required. Whether Durable Functions keeps its history in the host\'s account, which takes tables.')
param historyInStorage bool

@description('Required. Who drops jobs and reads results; may be empty.')
param userPrincipalId string

@description('Required. What that principal is.')
param userPrincipalType string

var roleIds = {
  StorageBlobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  StorageBlobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  StorageBlobDataReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
  StorageBlobDelegator: 'db58b8e5-c6ad-4a2a-8342-4190687cbf4a'
  StorageQueueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  StorageTableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
  MonitoringMetricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
}

// Host and Durable Functions make containers, queues and tables of their own here, so the scope is the account. Tables: history only.
var hostRoles = concat(
  ['StorageBlobDataOwner', 'StorageQueueDataContributor'],
  historyInStorage ? ['StorageTableDataContributor'] : []
)

// Queues hold the blob trigger's messages and its poison messages; the delegator signs download links. Neither exists at a narrower scope.
var dataAccountRoles = ['StorageQueueDataContributor', 'StorageBlobDelegator']
var dataContainers = ['drop', 'results', 'work']
var userContainerRoles = [
  { container: 'drop', role: 'StorageBlobDataContributor' }
  { container: 'results', role: 'StorageBlobDataReader' }
]

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: identityName
}

resource hostAccount 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: hostAccountName
}

resource dataAccount 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: dataAccountName

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource containers 'containers' existing = [
      for name in dataContainers: {
        name: name
      }
    ]
    resource userContainers 'containers' existing = [
      for assignment in userContainerRoles: {
        name: assignment.container
      }
    ]
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource onHost 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in hostRoles: {
    scope: hostAccount
    name: guid(hostAccount.id, identity.id, role)
    properties: {
      principalId: identity.properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds[role])
    }
  }
]

resource onDataAccount 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in dataAccountRoles: {
    scope: dataAccount
    name: guid(dataAccount.id, identity.id, role)
    properties: {
      principalId: identity.properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds[role])
    }
  }
]

resource onContainers 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (name, i) in dataContainers: {
    scope: dataAccount::blobs::containers[i]
    name: guid(dataAccount.id, name, identity.id, 'StorageBlobDataContributor')
    properties: {
      principalId: identity.properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId(
        'Microsoft.Authorization/roleDefinitions',
        roleIds.StorageBlobDataContributor
      )
    }
  }
]

resource onInsights 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: insights
  name: guid(insights.id, identity.id, 'MonitoringMetricsPublisher')
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds.MonitoringMetricsPublisher
    )
  }
}

resource ofUser 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (assignment, i) in userContainerRoles: if (!empty(userPrincipalId)) {
    scope: dataAccount::blobs::userContainers[i]
    name: guid(dataAccount.id, assignment.container, userPrincipalId, assignment.role)
    properties: {
      principalId: userPrincipalId
      principalType: userPrincipalType
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds[assignment.role])
    }
  }
]
