#!/bin/sh
# Subscribes the published app to the drop folder. azd runs it after a deployment; deploy.sh calls it. The names come from the environment
# (outputs of infra/main.bicep).
set -eu
cd "$(dirname "$0")/.."
group=${AZURE_RESOURCE_GROUP:?} app=${AZURE_FUNCTION_APP_NAME:?} topic=${AZURE_EVENT_TOPIC_NAME:?}

# The key appears when the app has started with its triggers; only whether it is there is asked for here.
tries=0
until [ "$(az functionapp keys list -g "$group" -n "$app" --query 'systemKeys.blobs_extension != null' -o tsv 2>/dev/null)" = true ]; do
  tries=$((tries + 1))
  if [ "$tries" -gt 60 ]; then
    echo "$app has no key for blob events after 10 minutes: does $app start? (az webapp log tail -g $group -n $app)" >&2
    exit 1
  fi
  sleep 10
done

az deployment group create -g "$group" -n "cellstitch-eventing" -f infra/eventing.bicep -p functionAppName="$app" topicName="$topic" -o none
echo "$app is told of uploads."
