#!/bin/sh
# Deploys without azd, in three steps: infrastructure, app, events.
# usage: scripts/deploy.sh NAME LOCATION [dev|prod]     (az login first; needs az, dotnet and zip)
set -eu
cd "$(dirname "$0")/.."
export AZURE_ENV_NAME=${1:?NAME LOCATION [dev|prod]} AZURE_LOCATION=${2:?NAME LOCATION [dev|prod]}
profile=${3:-dev}
: "${AZURE_PRINCIPAL_ID=$(az ad signed-in-user show --query id -o tsv 2>/dev/null || true)}"
export AZURE_PRINCIPAL_ID

az deployment sub create -n "cellstitch-$AZURE_ENV_NAME" -l "$AZURE_LOCATION" -p "infra/main.$profile.bicepparam" -o none
AZURE_RESOURCE_GROUP=rg-$AZURE_ENV_NAME
only() { az resource list -g "$AZURE_RESOURCE_GROUP" --resource-type "$1" --query '[0].name' -o tsv; }
AZURE_FUNCTION_APP_NAME=$(only Microsoft.Web/sites)
AZURE_EVENT_TOPIC_NAME=$(only Microsoft.EventGrid/systemTopics)
export AZURE_RESOURCE_GROUP AZURE_FUNCTION_APP_NAME AZURE_EVENT_TOPIC_NAME

rm -rf artifacts/app artifacts/app.zip
dotnet publish src/Functions -c Release -p:FunctionsHost=azure -o artifacts/app
(cd artifacts/app && zip -qr ../app.zip .)
az functionapp deployment source config-zip -g "$AZURE_RESOURCE_GROUP" -n "$AZURE_FUNCTION_APP_NAME" --src artifacts/app.zip -o none

scripts/eventing.sh
