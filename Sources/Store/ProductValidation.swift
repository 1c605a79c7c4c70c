import JSON

extension Product {
    /// Checks every limit. What was read from JSON has passed; the store asks again before it writes.
    public func validate() throws(ProductError) {
        try validateID()
        try check(.title, title, limit: ProductLimits.titleByteCount)
        if title.utf8.allSatisfy({ $0 <= 0x20 }) {
            throw .invalid(
                path: "title", expected: "a text with at least one visible character", got: "an empty one")
        }
        try check(.description, description, limit: ProductLimits.descriptionByteCount)
        try check(.brand, brand, limit: ProductLimits.brandByteCount)
        try check(.category, category, limit: ProductLimits.categoryByteCount)
        try check(.released, released, limit: ProductLimits.releasedByteCount)
        try check(.listPrice, listPrice)
        try check(.reviewCount, reviewCount)
        try check(.price, price)
        try check(.stock, stock)
        try check(.salesCount, salesCount)
        if let rating, !(rating >= 0 && rating <= ProductLimits.largestRating) {
            throw .invalid(path: "rating", expected: "a number from 0 to 5", got: "\(rating)")
        }
        if let images { try check(images) }
    }

    private func validateID() throws(ProductError) {
        let count = id.utf8.count
        let expected = "a text of 1 to \(ProductLimits.idByteCount) bytes without control characters"
        if count == 0 || count > ProductLimits.idByteCount {
            throw .invalid(path: "id", expected: expected, got: "\(count) bytes")
        }
        // C0 controls, delete, and C1 controls (C2 80 to C2 9F).
        var previous: UInt8 = 0
        for byte in id.utf8 {
            if byte < 0x20 || byte == 0x7F || (previous == 0xC2 && byte <= 0x9F) {
                throw .invalid(path: "id", expected: expected, got: "a control character")
            }
            previous = byte
        }
    }

    private func check(_ member: ProductMember, _ text: String?, limit: Int) throws(ProductError) {
        guard let count = text?.utf8.count, count > limit else { return }
        throw .invalid(
            path: member.rawValue, expected: "a text of at most \(limit) bytes", got: "\(count) bytes")
    }

    private func check(_ member: ProductMember, _ number: Int64?) throws(ProductError) {
        guard let number, number < 0 || number > ProductLimits.largestNumber else { return }
        throw .invalid(path: member.rawValue, expected: Self.wholeNumber, got: "\(number)")
    }

    private func check(_ images: [String]) throws(ProductError) {
        if images.count > ProductLimits.imageCount {
            throw .invalid(
                path: "images", expected: "at most \(ProductLimits.imageCount) addresses",
                got: "\(images.count)")
        }
        for (index, image) in images.enumerated() where image.utf8.count > ProductLimits.imageByteCount {
            throw .invalid(
                path: "images[\(index)]",
                expected: "an address of at most \(ProductLimits.imageByteCount) bytes",
                got: "\(image.utf8.count) bytes")
        }
    }

    static var wholeNumber: String { "a whole number from 0 to \(ProductLimits.largestNumber)" }
}
