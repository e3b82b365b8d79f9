/// Databases and caches that a program needs before it can serve.
enum DatabaseRules {
    /// PostgreSQL, MySQL, Redis, MongoDB, SQL Server.
    private static let ports = "(?:5432|3306|6379|27017|1433)"

    static let rules: [DiagnosisRule] = [
        DiagnosisRule(
            "cloud-sql-unreachable", .named,
            [
                .line("/cloudsql/", "/cloudsql/([\\w.-]+:[\\w-]+:[\\w-]+)"),
                .line(
                    "Cloud SQL connection failed", "Cloud SQL connection failed[^\\n]*\"([\\w.-]+:[\\w-]+:[\\w-]+)\""),
                .line("Cloud SQL connection failed"),
                .line("cloudsql.instances.get", "cloudsql\\.instances\\.(?:get|connect)"),
                .line("boss::NOT_AUTHORIZED"),
                .line("Cloud SQL Admin API has not been used"),
            ]
        ) { seen in
            Explanation(
                "the Cloud SQL instance" + (seen.text().isEmpty ? "" : " `\(seen.text())`") + " cannot be reached",
                fix: "attach the instance to the service, give its account roles/cloudsql.client, and "
                    + "enable the Cloud SQL Admin API",
                command: seen.grant("roles/cloudsql.client")
                    ?? (seen.project.isEmpty ? nil : "gcloud sql instances list --project \(seen.project)"))
        },
        DiagnosisRule(
            "database-login", .named,
            [
                .line("password authentication failed", "password authentication failed for user \"([^\"]+)\""),
                .line("Access denied for user", "Access denied for user '([^']+)'"),
                .line("Login failed for user", "Login failed for user '([^']+)'"),
                .line("no pg_hba.conf entry", "no pg_hba\\.conf entry for host[^\\n]*user \"([^\"]+)\""),
                .line("invalid username", "(ORA-01017)"),
                .line("client password must be a string"), .line("invalid username-password pair"),
                .line("OperationFailure: Authentication failed"), .line("bad auth : "),
                .line("role \"", "role \"([^\"]+)\" does not exist"),
                .line("Authentication failed against", "credentials for `([^`]+)` are not valid"),
                .line("Authentication failed against database"), .line("MongoServerError: Authentication failed"),
                .line("MongoServerError: bad auth"), .line("WRONGPASS"), .line("NOAUTH Authentication required"),
                .line("is not allowed to connect to this M"),
                .line("does not support authentication protocol requested"),
                .line("P1000"),
            ]
        ) { seen in
            Explanation(
                "the database refuses the login" + (seen.text().isEmpty ? "" : " of `\(seen.text())`"),
                fix: "check user and password that the service is given: which secret, and which version of it",
                command: "stagectl config show")
        },
        DiagnosisRule(
            "database-missing", .named,
            [
                .line("does not exist", "database \"([^\"]+)\" does not exist"),
                .line("Unknown database", "Unknown database '([^']+)'"),
                .line("Cannot open database", "Cannot open database \"([^\"]+)\""),
            ]
        ) { seen in
            Explanation(
                "the database server has no database `\(seen.text())`",
                fix: "make it, or correct the name in the service's environment", command: "stagectl config show")
        },
        DiagnosisRule(
            "database-full", .named,
            [
                .line("too many clients already"), .line("remaining connection slots are reserved"),
                .line("Too many connections"), .line("max_client_conn"),
                .line("ER_CON_COUNT_ERROR"),
            ]
        ) { seen in
            Explanation(
                "the database takes no more connections",
                fix: "make pool size times scaling.max smaller than the database's limit, or put a pooler before it",
                command: "stagectl status \(seen.name)")
        },
        DiagnosisRule(
            "database-refused", .named,
            [
                .line("ECONNREFUSED", "ECONNREFUSED \\[?([\\w.:]+?)\\]?:\(ports)\\b"),
                .line("refused", "dial tcp \\[?([\\w.:]+?)\\]?:\(ports): connect: connection refused"),
                .line(
                    "failed: Connection refused",
                    "connection to server at \"([^\"]+)\"[^\\n]*failed: Connection refused"),
                .line("Is the server running on", "Is the server running on (?:that )?host \"([^\"]+)\""),
                .line("could not connect to server: Connection refused"),
                .line("refused", "Connection to ([\\w.-]+):\(ports) refused"),
                .line(
                    "Can't connect to",
                    "Can't connect to (?:MySQL|MariaDB|local MySQL) server (?:on|through socket) '([^']+)'"),
                .line("Error connecting to Redis", "Error connecting to Redis on ([\\w.-]+)"),
                .line("connecting to", "Error \\d+ connecting to ([\\w.-]+):\(ports)\\. Connection refused"),
                .line("SQLSTATE[HY000] [2002]", "SQLSTATE\\[HY000\\] \\[2002\\] (Connection refused)"),
                .line("Communications link failure"),
                .line("Can't reach database server", "Can't reach database server at [`'\"]?([\\w.-]+)"),
                .line("P1001"),
                .line("SequelizeConnectionRefusedError"), .line("ActiveRecord::ConnectionNotEstablished"),
                .line("Failed to connect to", "Failed to connect to ([\\w.-]+):\(ports)"),
                .line("tcp connect (", "tcp connect \\(([\\w.-]+):\(ports)\\): connection refused"),
                .line("error occurred while establishing a connection to SQL Server"),
                .line("onnection refused", "([\\w.-]+):\(ports)\\b[^\\n]*[Cc]onnection refused"),
                .line("PG::ConnectionBad"),
                .line("MongoNetworkError: connect ECONNREFUSED", "ECONNREFUSED ([\\w.:]+)"),
            ]
        ) { seen in
            Explanation(
                "the database" + (seen.text().isEmpty ? "" : " at `\(seen.text())`") + " refuses connections",
                fix: "check its address in the service's environment: inside a container, localhost is the container "
                    + "itself; see that the database runs and listens",
                command: "stagectl config show")
        },
        DiagnosisRule(
            "database-timeout", .named,
            [
                .line("timeout expired", "connection to server at \"([^\"]+)\"[^\\n]*timeout expired"),
                .line("Connection timed out", "connection to server at \"([^\"]+)\"[^\\n]*Connection timed out"),
                .line(
                    "timeout", "dial tcp \\[?([\\w.:]+?)\\]?:\(ports): (?:i/o timeout|connect: connection timed out)"),
                .line("ETIMEDOUT", "ETIMEDOUT \\[?([\\w.:]+?)\\]?:\(ports)\\b"),
                .line("ServerSelectionTimeoutError", "ServerSelectionTimeoutError: ([\\w.-]+):\\d+"),
                .line(
                    "MongoServerSelectionError", "MongoServerSelectionError: [^\\n]*?([\\w-]+(?:\\.[\\w-]+)+)(?::\\d+)?"
                ),
                .line("MongoServerSelectionError"), .line("ServerSelectionTimeoutError"),
                .line("SequelizeConnectionAcquireTimeoutError"), .line("ConnectionAcquireTimeout"),
                .line("Connection is not available, request timed out"), .line("PoolTimedOut"),
                .line("QueuePool limit of size"),
                .line("timed out", "([\\w.-]+):\(ports)\\b[^\\n]*timed out"),
                .line("SQLSTATE[HY000] [2002] Connection timed out"),
            ]
        ) { seen in
            Explanation(
                "the database" + (seen.text().isEmpty ? "" : " at `\(seen.text())`") + " does not answer",
                fix: "give the service a way to its network (a VPC or Cloud SQL), and let the firewall pass it",
                command: "stagectl config show")
        },
    ]
}
