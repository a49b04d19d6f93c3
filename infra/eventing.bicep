metadata name = 'CellStitch.Cloud: events of the drop folder'
metadata description = 'After the app is published: its webhook and the key for it exist only then. The key goes from the app to the subscription inside the deployment.'

@description('Required. The published function app.')
param functionAppName string

@description('Required. The system topic of the data account.')
param topicName string

// The names of src/Functions/JobUploaded.cs and src/Functions/Storage/DataAccount.cs.
var functionName = 'JobUploadedEvent'
var dropContainer = 'drop'

var deliveryAttempts = 30
var minutesToLive = 1440

resource app 'Microsoft.Web/sites@2024-04-01' existing = {
  name: functionAppName
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

resource dropped 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: 'dropped'
  properties: {
    eventDeliverySchema: 'EventGridSchema'
    destination: {
      endpointType: 'WebHook'
      properties: {
        endpointUrl: 'https://${app.properties.defaultHostName}/runtime/webhooks/blobs?functionName=Host.Functions.${functionName}&code=${listKeys('${app.id}/host/default', '2023-12-01').systemKeys.blobs_extension}'
        maxEventsPerBatch: 1
        preferredBatchSizeInKilobytes: 64
      }
    }
    filter: {
      includedEventTypes: ['Microsoft.Storage.BlobCreated']
      // With the slash: without it, a container "drop2" would match too.
      subjectBeginsWith: '/blobServices/default/containers/${dropContainer}/blobs/'
    }
    retryPolicy: {
      maxDeliveryAttempts: deliveryAttempts
      eventTimeToLiveInMinutes: minutesToLive
    }
    deadLetterWithResourceIdentity: {
      identity: { type: 'SystemAssigned' }
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: {
          resourceId: topic.properties.source
          blobContainerName: 'deadletter'
        }
      }
    }
  }
}
