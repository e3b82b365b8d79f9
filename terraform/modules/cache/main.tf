resource "google_redis_instance" "this" {
  name           = var.name
  region         = var.region
  tier           = var.high_availability ? "STANDARD_HA" : "BASIC"
  memory_size_gb = var.memory_gb
  redis_version  = "REDIS_7_2"

  authorized_network = var.private_network_id
  connect_mode       = "PRIVATE_SERVICE_ACCESS"

  auth_enabled            = true
  transit_encryption_mode = "SERVER_AUTHENTICATION"

  # It holds what can be made again. Sessions that must survive belong into the database.
  redis_configs = {
    maxmemory-policy = "allkeys-lru"
  }

  maintenance_policy {
    weekly_maintenance_window {
      day = "SUNDAY"

      start_time {
        hours   = 4
        minutes = 30
        seconds = 0
        nanos   = 0
      }
    }
  }
}

# Memorystore chooses the password and Terraform reads it, so it is in the state, whatever is done; services get it from
# Secret Manager like every other one.
resource "google_secret_manager_secret" "password" {
  secret_id = "${var.name}-password"

  replication {
    user_managed {
      replicas {
        location = var.region
      }
    }
  }
}

resource "google_secret_manager_secret_version" "password" {
  secret      = google_secret_manager_secret.password.id
  secret_data = google_redis_instance.this.auth_string
}
