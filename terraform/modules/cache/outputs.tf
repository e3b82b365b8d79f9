output "host" {
  description = "Address in the network."
  value       = google_redis_instance.this.host
}

output "port" {
  description = "Port; connections to it are encrypted."
  value       = google_redis_instance.this.port
}

output "ca_certificate" {
  description = "What clients check the server's certificate with, as PEM. There may be two while they are exchanged."
  value       = join("\n", [for authority in google_redis_instance.this.server_ca_certs : authority.cert])
}

output "password_secret_id" {
  description = "Resource id of the secret with the password."
  value       = google_secret_manager_secret.password.id
}

output "password_secret_name" {
  description = "Name of the secret with the password, for `env: { NAME: { secret: … } }` in environments/*.yaml."
  value       = google_secret_manager_secret.password.secret_id
}
