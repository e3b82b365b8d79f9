output "url" {
  description = "Where images are pushed, for `registry` in environments/*.yaml."
  value       = "${google_artifact_registry_repository.this.location}-docker.pkg.dev/${google_artifact_registry_repository.this.project}/${google_artifact_registry_repository.this.name}"
}
