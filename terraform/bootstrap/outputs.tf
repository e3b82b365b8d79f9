output "terraform_state_bucket" {
  description = "Bucket of Terraform's states, for `-backend-config=bucket=…`."
  value       = google_storage_bucket.state["terraform"].name
}

output "stagectl_state_bucket" {
  description = "Bucket of stagectl's state, for `state.bucket` in environments/*.yaml."
  value       = google_storage_bucket.state["stagectl"].name
}

output "workload_identity_provider" {
  description = "Name of the provider, for the pipeline's login."
  value       = google_iam_workload_identity_pool_provider.github.name
}

output "deployer" {
  description = "Address of the account that stagectl deploys as."
  value       = google_service_account.deployer.email
}

output "terraform" {
  description = "Address of the account that Terraform applies as."
  value       = google_service_account.terraform.email
}
