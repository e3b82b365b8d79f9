output "network_id" {
  description = "The network, as other resources refer to it."
  value       = google_compute_network.this.id
}

output "network_name" {
  description = "The network's name, for `vpc.direct.network`."
  value       = google_compute_network.this.name
}

output "subnetwork_name" {
  description = "The services' subnetwork, for `vpc.direct.subnetwork`."
  value       = google_compute_subnetwork.services.name
}

output "private_network_id" {
  description = "The same network, known only once the peering stands: what database and cache must be given."
  value       = google_service_networking_connection.private_services.network
}
