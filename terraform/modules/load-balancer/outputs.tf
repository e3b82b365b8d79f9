output "address" {
  description = "Address that the hosts' A records point to."
  value       = google_compute_global_address.this.address
}

output "hosts" {
  description = "Hosts of the URL map, each with a certificate of its own."
  value       = sort([for entry in google_certificate_manager_certificate_map_entry.host : entry.hostname])
}

output "dns_records" {
  description = "Records to make where the domains are kept: CNAMEs that prove them to Certificate Manager, and the hosts themselves."
  value = {
    for host, authorization in google_certificate_manager_dns_authorization.host : host => [
      {
        name = authorization.dns_resource_record[0].name
        type = authorization.dns_resource_record[0].type
        data = authorization.dns_resource_record[0].data
      },
      {
        name = "${host}."
        type = "A"
        data = google_compute_global_address.this.address
      },
    ]
  }
}

output "security_policy" {
  description = "Name of the Cloud Armor policy."
  value       = google_compute_security_policy.this.name
}

output "websocket_timeout_seconds" {
  description = "How long a WebSocket may last."
  value       = var.websocket_timeout_seconds
}
