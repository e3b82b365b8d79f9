# Cloud Armor. Rules are asked in the order of their priority, the first that fits decides.
resource "google_compute_security_policy" "this" {
  name = var.name
  type = "CLOUD_ARMOR"

  # CVE-2021-44228 (Log4Shell) and its relatives.
  rule {
    action      = "deny(403)"
    priority    = 10
    description = "known vulnerabilities"
    preview     = var.waf_preview

    match {
      expr {
        expression = "evaluatePreconfiguredWaf('cve-canary')"
      }
    }
  }

  dynamic "rule" {
    # Sensitivity 1 of the OWASP rule set: signatures that are hardly ever wrong. More would refuse the chat messages of
    # people who talk about SQL.
    for_each = { 20 = "sqli-v33-stable", 21 = "xss-v33-stable", 22 = "lfi-v33-stable", 23 = "rce-v33-stable" }

    content {
      action      = "deny(403)"
      priority    = rule.key
      description = rule.value
      preview     = var.waf_preview

      match {
        expr {
          expression = "evaluatePreconfiguredWaf('${rule.value}', {'sensitivity': 1})"
        }
      }
    }
  }

  # One address cannot use up everybody's instances. A WebSocket counts once, when it is opened. This stands after what
  # refuses: a rule that lets a request through is the last one that it meets.
  rule {
    action      = "throttle"
    priority    = 100
    description = "limit each address"
    preview     = var.waf_preview

    match {
      versioned_expr = "SRC_IPS_V1"

      config {
        src_ip_ranges = ["*"]
      }
    }

    rate_limit_options {
      conform_action = "allow"
      exceed_action  = "deny(429)"
      enforce_on_key = "IP"

      rate_limit_threshold {
        count        = var.requests_per_minute
        interval_sec = 60
      }
    }
  }

  rule {
    action      = "allow"
    priority    = 2147483647
    description = "everything else"

    match {
      versioned_expr = "SRC_IPS_V1"

      config {
        src_ip_ranges = ["*"]
      }
    }
  }

  adaptive_protection_config {
    layer_7_ddos_defense_config {
      enable = true
    }
  }

  advanced_options_config {
    json_parsing = "STANDARD"
  }
}
