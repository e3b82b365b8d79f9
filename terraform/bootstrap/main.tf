# What must be there before anything else can: APIs, the buckets that states are kept in, and who may deploy. Applied
# once per project by a person who owns it; nothing here changes with a release. Its own state begins on that person's
# machine and moves into the bucket that it made (docs/infrastructure.md).

terraform {
  required_version = ">= 1.9"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.50"
    }
  }

  # `terraform init -backend-config="bucket=PROJECT-terraform-state"`
  backend "gcs" {
    prefix = "bootstrap"
  }
}

provider "google" {
  project = var.project
  region  = var.region

  # Budgets belong to a billing account, and their API asks which project to count the calls for.
  user_project_override = true
  billing_project       = var.project

  default_labels = {
    environment = var.environment
  }
}

resource "google_project_service" "this" {
  for_each = toset([
    "artifactregistry.googleapis.com",
    "billingbudgets.googleapis.com",
    "certificatemanager.googleapis.com",
    "cloudresourcemanager.googleapis.com",
    "compute.googleapis.com",
    "iam.googleapis.com",
    "iamcredentials.googleapis.com",
    "logging.googleapis.com",
    "monitoring.googleapis.com",
    "redis.googleapis.com",
    "run.googleapis.com",
    "secretmanager.googleapis.com",
    "servicenetworking.googleapis.com",
    "sqladmin.googleapis.com",
    "storage.googleapis.com",
    "sts.googleapis.com",
  ])

  service = each.value

  # Turning an API off deletes what was made with it.
  disable_on_destroy = false
}

# Who read a secret, who read or wrote a state. Not on by default, and too late after an incident.
resource "google_project_iam_audit_config" "this" {
  for_each = toset(["secretmanager.googleapis.com", "storage.googleapis.com"])

  project = var.project
  service = each.value

  audit_log_config {
    log_type = "DATA_READ"
  }

  audit_log_config {
    log_type = "DATA_WRITE"
  }
}

resource "google_billing_budget" "this" {
  billing_account = var.billing_account
  display_name    = "${var.project} per month"

  budget_filter {
    projects = ["projects/${data.google_project.this.number}"]
  }

  # The currency is the billing account's.
  amount {
    specified_amount {
      units = tostring(var.monthly_budget)
    }
  }

  threshold_rules {
    threshold_percent = 0.5
  }

  threshold_rules {
    threshold_percent = 0.9
  }

  # Told while there is time to do something about it.
  threshold_rules {
    threshold_percent = 1
    spend_basis       = "FORECASTED_SPEND"
  }

  depends_on = [google_project_service.this]
}

data "google_project" "this" {
  project_id = var.project

  depends_on = [google_project_service.this]
}
