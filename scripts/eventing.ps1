# Subscribes the published app to the drop folder. azd runs it after a deployment; deploy.ps1 calls it. The names come from the environment
# (outputs of infra/main.bicep).
$ErrorActionPreference = 'Stop'
Set-Location (Join-Path $PSScriptRoot '..')
$group = $env:AZURE_RESOURCE_GROUP
$app = $env:AZURE_FUNCTION_APP_NAME
$topic = $env:AZURE_EVENT_TOPIC_NAME
if (-not ($group -and $app -and $topic)) { throw 'AZURE_RESOURCE_GROUP, AZURE_FUNCTION_APP_NAME and AZURE_EVENT_TOPIC_NAME must be set.' }

# The key appears when the app has started with its triggers; only whether it is there is asked for here.
for ($tries = 0; (az functionapp keys list -g $group -n $app --query 'systemKeys.blobs_extension != null' -o tsv 2>$null) -ne 'true'; $tries++) {
    if ($tries -ge 60) { throw "$app has no key for blob events after 10 minutes: does it start? (az webapp log tail -g $group -n $app)" }
    Start-Sleep -Seconds 10
}

az deployment group create -g $group -n cellstitch-eventing -f infra/eventing.bicep -p "functionAppName=$app" "topicName=$topic" -o none
if ($LASTEXITCODE -ne 0) { throw 'The subscription could not be made.' }
Write-Output "$app is told of uploads."
