@description('Required. Names of the alerts begin with this.')
param name string

@description('Required. Name of the group that is told.')
param actionGroupName string

@description('Required. Region.')
param location string

@description('Required. Tags.')
param tags object

@description('Required. The Log Analytics workspace.')
param workspaceName string

@description('Required. The system topic.')
param topicName string

@description('Required. Mail address; may be empty.')
param email string

@description('Required. Hours after which a job that still runs raises an alert.')
param oldestJobHours int

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: workspaceName
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

resource actions 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: actionGroupName
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'cellstitch'
    enabled: true
    emailReceivers: [{ name: 'operator', emailAddress: email, useCommonAlertSchema: true }]
  }
}

var actionGroups = empty(email) ? [] : [actions.id]

// The event names of src/Functions/Logs.cs; a test holds the two together.
var logAlerts = [
  {
    name: 'failed-runs'
    description: 'A run failed for a reason other than its input; results/{job}/error.json and the log say why.'
    query: 'AppTraces | where (tostring(Properties.EventName) == "JobEnded" and tostring(Properties.Code) == "internal") or Message has "(Orchestrator)\' failed with an error"'
    severity: 1
    evaluate: 'PT5M'
    window: 'PT15M'
  }
  {
    name: 'poison-messages'
    description: 'The blob trigger gave an upload up after five tries; the message lies in the queue webjobs-blobtrigger-poison of the data account.'
    query: 'AppTraces | where Message has "webjobs-blobtrigger-poison"'
    severity: 1
    evaluate: 'PT5M'
    window: 'PT15M'
  }
  {
    name: 'oldest-run'
    description: 'A run was planned ${oldestJobHours} hours ago or longer and has not ended.'
    query: 'let ended = AppTraces | where tostring(Properties.EventName) in ("JobEnded", "RunSuperseded", "RunCancelled") | project Run = tostring(Properties.Run); AppTraces | where tostring(Properties.EventName) == "JobPlanned" and TimeGenerated < ago(${oldestJobHours}h) | project TimeGenerated, Run = tostring(Properties.Run) | join kind=leftanti ended on Run'
    severity: 2
    evaluate: 'PT30M'
    window: 'P2D'
  }
]

resource logRules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for alert in logAlerts: {
    name: '${name}-${alert.name}'
    location: location
    tags: tags
    properties: {
      displayName: 'CellStitch: ${alert.name}'
      description: alert.description
      severity: alert.severity
      enabled: true
      scopes: [workspace.id]
      evaluationFrequency: alert.evaluate
      windowSize: alert.window
      autoMitigate: true
      criteria: {
        allOf: [
          {
            query: alert.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: actionGroups }
    }
  }
]

resource deadLetters 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: '${name}-dead-letters'
  location: 'global'
  tags: tags
  properties: {
    description: 'Event Grid gave events of the drop folder up; they lie in the container deadletter. Start their jobs by POST /api/jobs/{job}.'
    severity: 1
    enabled: true
    scopes: [topic.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'dead-lettered'
          criterionType: 'StaticThresholdCriterion'
          metricName: 'DeadLetteredCount'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: [for group in actionGroups: { actionGroupId: group }]
  }
}
