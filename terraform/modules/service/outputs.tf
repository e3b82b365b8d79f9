output "name" {
  description = "Name of the service."
  value       = google_cloud_run_v2_service.this.name
}

output "url" {
  description = "Cloud Run's own URL of the service."
  value       = google_cloud_run_v2_service.this.uri
}

output "service_account" {
  description = "Address of the account that it runs as, for `service_account` in environments/*.yaml."
  value       = google_service_account.this.email
}

output "member" {
  description = "The same account as a principal."
  value       = google_service_account.this.member
}
