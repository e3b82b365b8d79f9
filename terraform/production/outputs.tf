# What environments/production.yaml refers to as `${infra.NAME}`, and what a person needs once. None is a secret:
# secrets are named here and kept in Secret Manager.

output "project" {
  description = "Project of the environment: `project`."
  value       = var.project
}

output "region" {
  description = "Region of everything that has one: `region`."
  value       = var.region
}

output "registry" {
  description = "Where images are pushed: `registry`."
  value       = module.registry.url
}

output "network" {
  description = "Network of the services: `vpc.direct.network`."
  value       = module.network.network_name
}

output "subnetwork" {
  description = "Subnetwork of the services: `vpc.direct.subnetwork`."
  value       = module.network.subnetwork_name
}

output "auth_service_account" {
  description = "Account that auth runs as: `service_account`."
  value       = module.service["auth"].service_account
}

output "backend_service_account" {
  description = "Account that backend runs as: `service_account`."
  value       = module.service["backend"].service_account
}

output "frontend_service_account" {
  description = "Account that frontend runs as: `service_account`."
  value       = module.service["frontend"].service_account
}

output "database_connection_name" {
  description = "PROJECT:REGION:INSTANCE: `cloud_sql`."
  value       = module.database.connection_name
}

output "database_name" {
  description = "Database in that instance."
  value       = module.database.database
}

output "auth_database_user" {
  description = "What auth logs in as, without a password."
  value       = module.database.users["auth"]
}

output "backend_database_user" {
  description = "What backend logs in as, without a password."
  value       = module.database.users["backend"]
}

output "cache_host" {
  description = "Address of the cache."
  value       = module.cache.host
}

output "cache_port" {
  description = "Port of the cache."
  value       = module.cache.port
}

output "cache_ca_certificate" {
  description = "What clients check the cache's certificate with, as PEM."
  value       = module.cache.ca_certificate
}

output "cache_password_secret" {
  description = "Name of the secret with the cache's password."
  value       = module.cache.password_secret_name
}

output "service_names" {
  description = "Services that exist."
  value       = sort([for service in module.service : service.name])
}

output "secret_names" {
  description = "Secrets that exist."
  value       = sort(concat(tolist(local.secrets), [module.cache.password_secret_name]))
}

output "hosts" {
  description = "Which service answers under which host: `public_url`."
  value       = { for host in module.load_balancer.hosts : host => local.hosts[host].service }
}

output "websocket_timeout_seconds" {
  description = "How long the load balancer lets a WebSocket last."
  value       = module.load_balancer.websocket_timeout_seconds
}

output "address" {
  description = "Address of the load balancer."
  value       = module.load_balancer.address
}

output "dns_records" {
  description = "Records to make where the domains are kept, by host."
  value       = module.load_balancer.dns_records
}
