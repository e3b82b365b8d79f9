/// Defects of collections and files.
extension Mutation {
    static let data: [Mutation] = [
        Mutation("data.number-lost", on: "PUT /api/data/{id}/{key}", .json("document.age", .removed)),
        Mutation("data.not-deleted", on: "DELETE /api/data/{id}/{key}", .status(404)),
        Mutation("data.import-stops", on: "POST /api/data/{id}/import", .field("items.4", nil)),
        Mutation("data.export-cut", on: "GET /api/data/{id}/export", .stream(.ends(4))),
        Mutation("data.search-ignored", on: "GET /api/data/{id}", .query("q", nil)),
        Mutation("data.filter-ignored", on: "GET /api/data/{id}", .query("where", nil)),
        Mutation("data.offset-ignored", on: "GET /api/data/{id}", .query("offset", nil)),
        Mutation("data.sorted-wrongly", on: "GET /api/data/{id}", .query("order", nil)),
        Mutation("backups.refused", on: "POST /api/data/{id}/backups", .status(409)),
        Mutation("backups.empty", on: "POST /api/data/{id}/backups/{backup}/restore", .json("restored", .set(0))),
        Mutation("retention.ignored", on: "PUT /api/data/{id}/retention", .json("keeps", .set(500))),
        Mutation("files.no-tag", on: "PUT /api/files/{id}", .header("etag", nil)),
        Mutation("files.wrong-type", on: "GET /api/files/{id}", .header("content-type", "text/html")),
    ]
}
