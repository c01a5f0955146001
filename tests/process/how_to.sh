#! /bin/bash
# The commands of Microsoft's how-to "Import APIs to your API center from Azure API Management", in its order and in
# its words: `az` is replaced by `azr`, and the names in angle brackets and the paths are filled in. Two things of the
# how-to are corrected: the closing quote that is missing after --api-location, and '$link' in single quotes, which would
# be sent literally.
#
# Runs in an empty folder, with azr on the PATH.
set -euo pipefail

# Export API to a local API definition file
azr apim api export --api-id my-api --resource-group myResourceGroup \
    --service-name myAPIManagement --export-format OpenApiJsonFile \
    --file-path path/to/folder

# Export API to a URL
link=$(azr apim api export --api-id my-api --resource-group myResourceGroup \
    --service-name myAPIManagement --export-format OpenApiJsonUrl --query properties.value.link \
    --output tsv)

# Register API in your API center from exported API definition
azr apic api register --resource-group myResourceGroup --service myAPICenter --api-location "path/to/folder/my-api_openapi+json.json"

# Add the API, version and definition that the next step needs (the article that the how-to links to)
azr apic api create --resource-group myResourceGroup --service myAPICenter \
    --api-name my-api --title "My API" --type "rest"
azr apic api version create --resource-group myResourceGroup --service myAPICenter \
    --api-name my-api --version-name v1-0-0 --title "v1-0-0" --lifecycle-stage "testing"
azr apic api definition create --resource-group myResourceGroup --service myAPICenter \
    --api-name my-api --version-name v1-0-0 --definition-name openapi --title "OpenAPI"

# Import API definition to an existing API in your API center
azr apic api definition import-specification \
    --resource-group myResourceGroup --service myAPICenter \
    --api-name my-api --version-name v1-0-0 \
    --definition-name openapi --format "link" --value "$link" \
    --specification '{"name":"openapi","version":"3.0.2"}'

# Add a system-assigned identity
azr apic service update --name myAPICenter --resource-group myResourceGroup --identity '{"type": "SystemAssigned"}'

# Assign the managed identity the API Management Service Reader role
apicObjID=$(azr apic service show --name myAPICenter \
    --resource-group myResourceGroup \
    --query "identity.principalId" --output tsv)

apimID=$(azr apim show --name myAPIManagement --resource-group myResourceGroup --query "id" --output tsv)

scope="${apimID:1}"

azr role assignment create \
    --role "API Management Service Reader Role" \
    --assignee-object-id $apicObjID \
    --assignee-principal-type ServicePrincipal \
    --scope $scope 

# Import a specific API from an API Management instance
apimID=$(azr apim show --name myAPIManagement --resource-group myResourceGroup --query id --output tsv)
azr apic service import-from-apim --service-name myAPICenter --resource-group myResourceGroup --source-resource-ids $apimID/apis/my-api    

# Import all APIs from an API Management instance
apimID=$(azr apim show --name myAPIManagement --resource-group myResourceGroup --query id --output tsv)
azr apic service import-from-apim --service-name myAPICenter --resource-group myResourceGroup --source-resource-ids $apimID/apis/*  

# The same with a user-assigned identity
azr identity create --resource-group myResourceGroup --name myIdentity 
cat > identity.json <<JSON
{
    "type": "UserAssigned",
    "userAssignedIdentities": {
        "$(azr identity show --resource-group myResourceGroup --name myIdentity --query id --output tsv)": {}
    }
}
JSON
azr apic service update --name myAPICenter --resource-group myResourceGroup --identity "@identity.json"
apicObjID=$(azr identity show --name myIdentity --resource-group myResourceGroup --query "principalId" --output tsv)
azr role assignment create \
    --role "API Management Service Reader Role" \
    --assignee-object-id $apicObjID \
    --assignee-principal-type ServicePrincipal \
    --scope $scope 
azr apic service import-from-apim --service-name myAPICenter --resource-group myResourceGroup --source-resource-ids $apimID/apis/*  
