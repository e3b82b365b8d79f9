locals {
  buckets = {
    terraform = "${var.project}-terraform-state"

    # `state: { backend: gcs, bucket: … }` in environments/*.yaml: journal, history and locks of a team's releases.
    stagectl = "${var.project}-stagectl-state"
  }
}

resource "google_storage_bucket" "state" {
  #checkov:skip=CKV_GCP_62:who reads and writes is in the audit log (google_project_iam_audit_config), with the caller's name
  for_each = local.buckets

  name     = each.value
  location = var.region

  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false

  # What was overwritten or deleted stays: as a version for 90 days, and for 30 days even where somebody deleted that
  # too. Not a retention policy: it forbids replacing and deleting an object before its age, which is what states and
  # locks live by.
  versioning {
    enabled = true
  }

  soft_delete_policy {
    retention_duration_seconds = 30 * 24 * 60 * 60
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }

    # Five versions at least, of a state that nobody has touched for a year too.
    condition {
      days_since_noncurrent_time = 90
      num_newer_versions         = 5
      with_state                 = "ARCHIVED"
    }
  }

  lifecycle {
    prevent_destroy = true
  }

  depends_on = [google_project_service.this]
}
