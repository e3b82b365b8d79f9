resource "google_artifact_registry_repository" "this" {
  #checkov:skip=CKV_GCP_84:Google's keys; images are rebuilt from source, and Cloud Run would need a grant on a key of one's own
  location      = var.region
  repository_id = var.name
  format        = "DOCKER"
  description   = "Images that stagectl deploys"

  # Releases go by digest, never by tag, and the layer cache (`source.cache: registry`) overwrites its tags.
  docker_config {
    immutable_tags = false
  }

  # Keeping wins over deleting. Cloud Run has a copy of its own only while a revision serves
  # (https://cloud.google.com/run/docs/deploying): a rollback may fetch the image from here again, so as many stay as
  # one would go back.
  cleanup_policies {
    id     = "keep-recent"
    action = "KEEP"

    most_recent_versions {
      keep_count = var.keep_count
    }
  }

  cleanup_policies {
    id     = "delete-old"
    action = "DELETE"

    condition {
      tag_state  = "ANY"
      older_than = "${var.keep_days * 24 * 60 * 60}s"
    }
  }

  vulnerability_scanning_config {
    enablement_config = "INHERITED"
  }
}

resource "google_artifact_registry_repository_iam_member" "deployer" {
  location   = google_artifact_registry_repository.this.location
  repository = google_artifact_registry_repository.this.name
  role       = "roles/artifactregistry.writer"
  member     = var.deployer
}
