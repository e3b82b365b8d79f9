# Placeholders, like environments/staging.yaml. Nothing here is a secret.
project      = "example-staging"
alert_emails = ["oncall@example.com"]
