# Placeholders, like environments/production.yaml. Nothing here is a secret.
project              = "example-production"
environment          = "production"
github_owner         = "example"
github_repository    = "shop"
github_repository_id = 1
billing_account      = "012345-6789AB-CDEF01"
monthly_budget       = 2000
