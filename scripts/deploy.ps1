# Deploys without azd, in three steps: infrastructure, app, events.
# usage: scripts/deploy.ps1 NAME LOCATION [dev|prod]     (az login first; needs az and dotnet)
param(
    [Parameter(Mandatory)] [string] $Name,
    [Parameter(Mandatory)] [string] $Location,
    [ValidateSet('dev', 'prod')] [string] $Parameters = 'dev')
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
Set-Location (Join-Path $PSScriptRoot '..')
$env:AZURE_ENV_NAME = $Name
$env:AZURE_LOCATION = $Location
if (-not $env:AZURE_PRINCIPAL_ID) { $env:AZURE_PRINCIPAL_ID = az ad signed-in-user show --query id -o tsv }

$outputs = az deployment sub create -n "cellstitch-$Name" -l $Location -p "infra/main.$Parameters.bicepparam" --query properties.outputs -o json | ConvertFrom-Json
$env:AZURE_RESOURCE_GROUP = $outputs.AZURE_RESOURCE_GROUP.value
$env:AZURE_FUNCTION_APP_NAME = $outputs.AZURE_FUNCTION_APP_NAME.value
$env:AZURE_EVENT_TOPIC_NAME = $outputs.AZURE_EVENT_TOPIC_NAME.value

Remove-Item artifacts/app, artifacts/app.zip -Recurse -Force -ErrorAction SilentlyContinue
dotnet publish src/Functions -c Release -p:FunctionsHost=azure -o artifacts/app
Add-Type -AssemblyName System.IO.Compression.FileSystem
[System.IO.Compression.ZipFile]::CreateFromDirectory((Resolve-Path artifacts/app), (Join-Path $PWD 'artifacts/app.zip'))
az functionapp deployment source config-zip -g $env:AZURE_RESOURCE_GROUP -n $env:AZURE_FUNCTION_APP_NAME --src artifacts/app.zip -o none

./scripts/eventing.ps1
