resource "google_sql_database_instance" "this" {
  #checkov:skip=CKV_GCP_108:callers come from a private range that no name server knows; a look-up for each would only cost time
  #checkov:skip=CKV2_GCP_13:durations of all statements are in Query Insights, without a line of log for each
  name             = var.name
  region           = var.region
  database_version = "POSTGRES_18"

  # Two locks: Terraform refuses to plan its deletion, Google refuses to delete it, whoever asks.
  deletion_protection = var.deletion_protection

  settings {
    tier                        = var.tier
    edition                     = "ENTERPRISE" # the default is ENTERPRISE_PLUS, which has none of these tiers
    availability_type           = var.high_availability ? "REGIONAL" : "ZONAL"
    disk_type                   = "PD_SSD"
    disk_autoresize             = true
    disk_autoresize_limit       = var.disk_limit_gb
    deletion_protection_enabled = var.deletion_protection
    retain_backups_on_delete    = true

    # Through Cloud SQL's connectors alone, Cloud Run's built-in one among them (`cloud_sql` in environments/*.yaml): they
    # bring a client certificate for an hour and ask IAM each time.
    connector_enforcement = "REQUIRED"

    ip_configuration {
      ipv4_enabled    = false
      private_network = var.private_network_id
      ssl_mode        = "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"
    }

    backup_configuration {
      enabled                        = true
      point_in_time_recovery_enabled = true
      transaction_log_retention_days = 7
      start_time                     = "03:00"

      backup_retention_settings {
        retained_backups = var.retained_backups
      }
    }

    maintenance_window {
      day          = 7
      hour         = 4
      update_track = "stable"
    }

    insights_config {
      query_insights_enabled  = true
      query_string_length     = 1024
      record_application_tags = true
      record_client_address   = false
    }

    # Services log in as the accounts that they run as: there is no password that could leak, expire, or stand in a
    # state file.
    database_flags {
      name  = "cloudsql.iam_authentication"
      value = "on"
    }

    # What is looked for after an incident: who came and went, who waited, what spilled to the disk. The text of statements
    # stays out, with people's data in it, but for those that change the schema and those that failed.
    database_flags {
      name  = "log_checkpoints"
      value = "on"
    }

    database_flags {
      name  = "log_connections"
      value = "on"
    }

    database_flags {
      name  = "log_disconnections"
      value = "on"
    }

    database_flags {
      name  = "log_lock_waits"
      value = "on"
    }

    database_flags {
      name  = "log_temp_files"
      value = "0"
    }

    database_flags {
      name  = "log_statement"
      value = "ddl"
    }

    database_flags {
      name  = "log_min_messages"
      value = "warning"
    }

    database_flags {
      name  = "log_min_error_statement"
      value = "error"
    }

    database_flags {
      name  = "log_min_duration_statement"
      value = "-1"
    }

    database_flags {
      name  = "cloudsql.enable_pgaudit"
      value = "on"
    }
  }
}

locals {
  this_instance_only = "resource.type == 'sqladmin.googleapis.com/Instance' && resource.name == 'projects/${google_sql_database_instance.this.project}/instances/${google_sql_database_instance.this.name}'"
}

resource "google_sql_database" "this" {
  name     = var.database
  instance = google_sql_database_instance.this.name

  # PostgreSQL deletes no database with sessions and no user with tables; both go with the instance.
  deletion_policy = "ABANDON"
}

resource "google_sql_user" "service" {
  for_each = var.service_accounts

  instance = google_sql_database_instance.this.name
  type     = "CLOUD_IAM_SERVICE_ACCOUNT"

  # PostgreSQL's names have at most 63 characters, so Cloud SQL leaves this ending out.
  name            = trimsuffix(each.value, ".gserviceaccount.com")
  deletion_policy = "ABANDON"
}

# Connecting and logging in, to this instance only. Cloud SQL's roles are granted on projects alone; without the
# condition they would open every instance there.
resource "google_project_iam_member" "connects" {
  for_each = var.service_accounts

  project = google_sql_database_instance.this.project
  role    = "roles/cloudsql.client"
  member  = "serviceAccount:${each.value}"

  condition {
    title      = "only-${google_sql_database_instance.this.name}"
    expression = local.this_instance_only
  }
}

resource "google_project_iam_member" "logs_in" {
  for_each = var.service_accounts

  project = google_sql_database_instance.this.project
  role    = "roles/cloudsql.instanceUser"
  member  = "serviceAccount:${each.value}"

  condition {
    title      = "only-${google_sql_database_instance.this.name}"
    expression = local.this_instance_only
  }
}
