# Placeholders, like environments/production.yaml. Nothing here is a secret.
project      = "example-production"
alert_emails = ["oncall@example.com"]
