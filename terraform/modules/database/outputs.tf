output "connection_name" {
  description = "PROJECT:REGION:INSTANCE, for `cloud_sql` in environments/*.yaml."
  value       = google_sql_database_instance.this.connection_name
}

output "database" {
  description = "Name of the database in the instance."
  value       = google_sql_database.this.name
}

output "users" {
  description = "What each service logs in as, by the names of `service_accounts`."
  value       = { for name, user in google_sql_user.service : name => user.name }
}
