@description('Required. Name of the function app.')
param name string

@description('Required. Name of its plan.')
param planName string

@description('Required. Region.')
param location string

@description('Required. Tags.')
param tags object

@description('Required. Memory of an instance.')
param instanceMemoryMB int

@description('Required. Most instances.')
param maximumInstanceCount int

@description('Required. Instances always ready for Durable Functions.')
param alwaysReadyDurable int

@description('Required. The app\'s identity.')
param identityName string

@description('Required. Account of the host.')
param hostAccountName string

@description('Required. Account of the data.')
param dataAccountName string

@description('Required. The Application Insights component.')
param insightsName string

@description('Required. The network that the app reaches its storage from; empty without a private network.')
param networkName string

@description('Required. The Durable Task Scheduler; empty when the history lies in the host\'s account.')
param schedulerName string

@description('Required. Address ranges that may call the API; empty for all.')
param allowedClients string[]

@description('Required. Days that intermediates are kept.')
param keepWorkDays int

@description('Required. Days that the history is kept.')
param keepHistoryDays int

// 2048 MB have one core and 4096 two.
var threadsPerActivity = instanceMemoryMB / 2048

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: identityName
}

resource hostAccount 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: hostAccountName
}

resource dataAccount 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: dataAccountName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource scheduler 'Microsoft.DurableTask/schedulers@2025-11-01' existing = if (!empty(schedulerName)) {
  name: schedulerName
}

// Read by the host.
var hostSettings = {
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identity.properties.clientId
  AzureWebJobsStorage__blobServiceUri: hostAccount.properties.primaryEndpoints.blob
  AzureWebJobsStorage__queueServiceUri: hostAccount.properties.primaryEndpoints.queue
  AzureWebJobsStorage__tableServiceUri: hostAccount.properties.primaryEndpoints.table
  APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.properties.clientId};Authorization=AAD'
}

// Read by the app and its blob trigger. local.settings.sample.json explains each; a test compares the two.
var appSettings = {
  DataStorage__credential: 'managedidentity'
  DataStorage__clientId: identity.properties.clientId
  DataStorage__blobServiceUri: dataAccount.properties.primaryEndpoints.blob
  DataStorage__queueServiceUri: dataAccount.properties.primaryEndpoints.queue
  // Flex Consumption knows Event Grid only.
  'AzureWebJobs.JobUploaded.Disabled': 'true'
  'AzureWebJobs.JobUploadedEvent.Disabled': 'false'
  CellStitch__SettleSeconds: '5'
  CellStitch__ProjectionWaitSeconds: '300'
  CellStitch__BlockVoxels: '67108864'
  CellStitch__FusedVoxels: '67108864'
  CellStitch__ThreadsPerActivity: string(threadsPerActivity)
  CellStitch__KeepWorkDays: string(keepWorkDays)
  CellStitch__KeepHistoryDays: string(keepHistoryDays)
  CellStitch__MaximumPages: '1048576'
  CellStitch__MaximumPagePixels: '268435456'
  CellStitch__MaximumDecodedBytes: '274877906944'
  CellStitch__WebhookHosts: ''
}

// Read by .NET, in hexadecimal: the limit of the heap. Left to itself it takes three quarters of the instance, of which the Functions host has a share too; bench/RESULTS.md ("volume") says what fits.
var runtimeSettings = {
  DOTNET_GCHeapHardLimit: instanceMemoryMB == 2048 ? '48000000' : 'B0000000'
}

// host.json has the storage provider; these override it.
var schedulerSettings = empty(schedulerName)
  ? {}
  : {
      AzureFunctionsJobHost__extensions__durableTask__hubName: 'cellstitch'
      AzureFunctionsJobHost__extensions__durableTask__storageProvider__type: 'azureManaged'
      AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName: 'DURABLE_TASK_SCHEDULER_CONNECTION_STRING'
      DURABLE_TASK_SCHEDULER_CONNECTION_STRING: 'Endpoint=${scheduler!.properties.endpoint};Authentication=ManagedIdentity;ClientID=${identity.properties.clientId}'
    }

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'app' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    virtualNetworkSubnetId: empty(networkName)
      ? null
      : resourceId('Microsoft.Network/virtualNetworks/subnets', networkName, 'functions')
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      http20Enabled: true
      ipSecurityRestrictionsDefaultAction: empty(allowedClients) ? 'Allow' : 'Deny'
      // Event Grid's webhook comes from outside any private network.
      ipSecurityRestrictions: empty(allowedClients)
        ? []
        : concat(
            [{ name: 'event-grid', tag: 'ServiceTag', ipAddress: 'AzureEventGrid', action: 'Allow', priority: 100 }],
            map(allowedClients, (range, i) => {
              name: 'client-${i}'
              ipAddress: range
              action: 'Allow'
              priority: 200 + i
            })
          )
      // Publishing comes with an Entra token; its address is not restricted.
      scmIpSecurityRestrictionsUseMain: false
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${hostAccount.properties.primaryEndpoints.blob}deployment'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identity.id
          }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReadyDurable == 0 ? [] : [{ name: 'durable', instanceCount: alwaysReadyDurable }]
      }
      runtime: {
        name: 'dotnet-isolated'
        version: '10.0'
      }
    }
  }

  resource settings 'config' = {
    name: 'appsettings'
    properties: union(hostSettings, appSettings, runtimeSettings, schedulerSettings)
  }

  // Passwords for publishing: none.
  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

@description('Where it answers.')
output hostName string = app.properties.defaultHostName
