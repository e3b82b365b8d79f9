import Clibcurl

/// libcurl's options and what it tells, by their types.
extension CurlTransfer {
    func setLong(_ option: CURLoption, _ value: Int) { _ = stagectl_set_long(easy, option, value) }
    func setString(_ option: CURLoption, _ value: String) { _ = stagectl_set_string(easy, option, value) }

    func long(_ info: CURLINFO) -> Int {
        var value = 0
        return stagectl_get_long(easy, info, &value) == CURLE_OK ? value : 0
    }

    func offset(_ info: CURLINFO) -> Int64 {
        var value: curl_off_t = 0
        return stagectl_get_offset(easy, info, &value) == CURLE_OK ? Int64(value) : 0
    }

    func string(_ info: CURLINFO) -> String? {
        var value: UnsafeMutablePointer<CChar>?
        guard stagectl_get_string(easy, info, &value) == CURLE_OK, let value else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }

    var remoteAddress: String? {
        guard job.request.unixSocket == nil, let address = string(CURLINFO_PRIMARY_IP) else { return nil }
        let port = long(CURLINFO_PRIMARY_PORT)
        return address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
    }

    var version: String {
        switch long(CURLINFO_HTTP_VERSION) {
        case 1: "1.0"
        case 3: "2"
        case 30: "3"
        default: "1.1"
        }
    }
}
