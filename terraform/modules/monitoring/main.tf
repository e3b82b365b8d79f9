resource "google_monitoring_notification_channel" "email" {
  for_each = var.alert_emails

  display_name = "Email ${each.value}"
  type         = "email"
  labels       = { email_address = each.value }
}

locals {
  channels = [for channel in google_monitoring_notification_channel.email : channel.id]
}

# From outside, as callers come: through DNS, certificate, load balancer and Cloud Armor.
resource "google_monitoring_uptime_check_config" "host" {
  for_each = var.hosts

  display_name = each.key
  period       = "60s"
  timeout      = "10s"

  monitored_resource {
    type   = "uptime_url"
    labels = { project_id = var.project, host = each.key }
  }

  http_check {
    path         = each.value
    port         = 443
    use_ssl      = true
    validate_ssl = true
  }
}

resource "google_monitoring_alert_policy" "unreachable" {
  for_each = var.hosts

  display_name          = "${each.key} is unreachable"
  severity              = "CRITICAL"
  combiner              = "OR"
  notification_channels = local.channels

  conditions {
    display_name = "two regions or more see it fail"

    condition_threshold {
      filter          = "resource.type = \"uptime_url\" AND metric.type = \"monitoring.googleapis.com/uptime_check/check_passed\" AND metric.labels.check_id = \"${google_monitoring_uptime_check_config.host[each.key].uptime_check_id}\""
      comparison      = "COMPARISON_GT"
      threshold_value = 1
      duration        = "120s"

      aggregations {
        alignment_period     = "120s"
        per_series_aligner   = "ALIGN_NEXT_OLDER"
        cross_series_reducer = "REDUCE_COUNT_FALSE"
        group_by_fields      = ["resource.label.host"]
      }
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = "`stagectl status` says what serves and since which release; `stagectl rollback SERVICE` goes back to the last revision that was witnessed healthy."
  }
}

# A share, not a number: a night with ten requests and a day with ten million are judged alike. The floor keeps one
# error among three requests from waking anybody.
resource "google_monitoring_alert_policy" "errors" {
  for_each = var.services

  display_name          = "${each.value} answers with errors"
  severity              = "ERROR"
  combiner              = "AND"
  notification_channels = local.channels

  conditions {
    display_name = "more than ${var.error_percent} % of five minutes' requests are 5xx"

    condition_threshold {
      filter             = "resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"${each.value}\" AND metric.type = \"run.googleapis.com/request_count\" AND metric.labels.response_code_class = \"5xx\""
      denominator_filter = "resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"${each.value}\" AND metric.type = \"run.googleapis.com/request_count\""
      comparison         = "COMPARISON_GT"
      threshold_value    = var.error_percent / 100
      duration           = "0s"

      aggregations {
        alignment_period     = "300s"
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_SUM"
      }

      denominator_aggregations {
        alignment_period     = "300s"
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }

  conditions {
    display_name = "at least five of them"

    condition_threshold {
      filter          = "resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"${each.value}\" AND metric.type = \"run.googleapis.com/request_count\" AND metric.labels.response_code_class = \"5xx\""
      comparison      = "COMPARISON_GT"
      threshold_value = 4
      duration        = "0s"

      aggregations {
        alignment_period     = "300s"
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = "`stagectl logs ${each.value} --since 10m --severity error` shows what the service says; `stagectl history` what was released before."
  }
}

resource "google_monitoring_alert_policy" "database" {
  display_name          = "the database is at its limit"
  severity              = "WARNING"
  combiner              = "OR"
  notification_channels = local.channels

  conditions {
    display_name = "its disk is 90 % full"

    condition_threshold {
      filter          = "resource.type = \"cloudsql_database\" AND metric.type = \"cloudsql.googleapis.com/database/disk/utilization\""
      comparison      = "COMPARISON_GT"
      threshold_value = 0.9
      duration        = "300s"

      aggregations {
        alignment_period   = "300s"
        per_series_aligner = "ALIGN_MEAN"
      }
    }
  }

  conditions {
    display_name = "its processor is 90 % busy for a quarter of an hour"

    condition_threshold {
      filter          = "resource.type = \"cloudsql_database\" AND metric.type = \"cloudsql.googleapis.com/database/cpu/utilization\""
      comparison      = "COMPARISON_GT"
      threshold_value = 0.9
      duration        = "900s"

      aggregations {
        alignment_period   = "300s"
        per_series_aligner = "ALIGN_MEAN"
      }
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = "The disk grows by itself up to `disk_limit_gb`, and then no more; Query Insights in the console shows which statements use the processor."
  }
}
