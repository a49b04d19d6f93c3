@description('Required. Account of the host: history, leases, receipts, keys, the published package.')
@maxLength(24)
param hostAccountName string

@description('Required. Account of the data.')
@maxLength(24)
param dataAccountName string

@description('Required. Region.')
param location string

@description('Required. Tags.')
param tags object

@description('Required. Whether the accounts are reached by private endpoints only.')
param privateNetwork bool

@description('Required. Address ranges that reach the data account in spite of a private network.')
param allowedClients string[]

@description('Required. Days that intermediates are kept.')
param keepWorkDays int

@description('Required. Days until results move to the cool tier; 0 = never.')
param coolResultsAfterDays int

// Names of src/Functions/Storage/DataAccount.cs; a test holds the two together.
var dropContainer = 'drop'
var resultsContainer = 'results'
var workContainer = 'work'
var deadLetterContainer = 'deadletter'
var deploymentContainer = 'deployment'

var softDeleteDays = 7
var deadLetterDays = 90

resource hostAccount 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: hostAccountName
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: {
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    allowCrossTenantReplication: false
    publicNetworkAccess: privateNetwork ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: privateNetwork ? 'Deny' : 'Allow'
      bypass: 'None'
    }
  }

  resource blobs 'blobServices' = {
    name: 'default'

    resource deployment 'containers' = {
      name: deploymentContainer
    }
  }
}

resource dataAccount 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: dataAccountName
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: {
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    allowCrossTenantReplication: false
    accessTier: 'Hot'
    // Closed by its rules rather than altogether: Event Grid leaves dead letters as a trusted service, and the named clients come by their addresses.
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      defaultAction: privateNetwork ? 'Deny' : 'Allow'
      bypass: privateNetwork ? 'AzureServices' : 'None'
      ipRules: [for range in (privateNetwork ? allowedClients : []): { value: range, action: 'Allow' }]
    }
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      deleteRetentionPolicy: { enabled: true, days: softDeleteDays }
      containerDeleteRetentionPolicy: { enabled: true, days: softDeleteDays }
    }

    resource containers 'containers' = [
      for name in [dropContainer, resultsContainer, workContainer, deadLetterContainer]: {
        name: name
      }
    ]
  }

  resource lifecycle 'managementPolicies' = {
    name: 'default'
    properties: {
      policy: {
        rules: concat(
          [
            {
              name: 'delete-intermediates'
              type: 'Lifecycle'
              definition: {
                filters: { blobTypes: ['blockBlob', 'appendBlob'], prefixMatch: ['${workContainer}/'] }
                actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: keepWorkDays } } }
              }
            }
            {
              name: 'delete-dead-letters'
              type: 'Lifecycle'
              definition: {
                filters: { blobTypes: ['blockBlob'], prefixMatch: ['${deadLetterContainer}/'] }
                actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: deadLetterDays } } }
              }
            }
          ],
          coolResultsAfterDays == 0
            ? []
            : [
                {
                  name: 'cool-results'
                  type: 'Lifecycle'
                  definition: {
                    filters: { blobTypes: ['blockBlob'], prefixMatch: ['${resultsContainer}/'] }
                    actions: { baseBlob: { tierToCool: { daysAfterModificationGreaterThan: coolResultsAfterDays } } }
                  }
                }
              ]
        )
      }
    }
    dependsOn: [blobs]
  }
}
