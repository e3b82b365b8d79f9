# One output of every type that Terraform has; configuration of stagectl refers to them as `${infra.NAME}`.

output "network_name" {
  description = "The network's name."
  value       = terraform_data.network.output.name
}

output "database_name" {
  description = "The database's name."
  value       = terraform_data.database.output.name
}

output "database_port" {
  description = "A number."
  value       = 5432
}

output "database_is_private" {
  description = "A boolean."
  value       = true
}

output "database_parameters" {
  description = "An object, as the parameters file has it now: what `plan -refresh-only` finds changed after an edit, as no `terraform_data` ever drifts."
  value       = local.parameters
}

output "database_url" {
  description = "How services reach the database; has the password in it."
  value       = "postgres://app:${var.database_password}@127.0.0.1:5432/${terraform_data.database.output.name}"
  sensitive   = true
}

output "bucket_names" {
  description = "A list, in alphabetical order."
  value       = [for bucket in terraform_data.bucket : bucket.output.name]
}

output "buckets" {
  description = "A map from the short name to the bucket's whole name."
  value       = { for key, bucket in terraform_data.bucket : key => bucket.output.name }
}
