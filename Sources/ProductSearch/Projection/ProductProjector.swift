// Turns a product of the store into a document of the index: which text goes into which field, which values
// can be filtered and counted, which numbers can change without a new analysis, and what is stored to answer
// with. It sees one product at a time and keeps nothing but scratch buffers, so several may run side by side.

import Dispatch
import Engine
import JSON
import KoreanAnalysis
import Store
import Synchronization

/// Projects products to documents. Not shared between threads: each thread has its own.
struct ProductProjector {
    private let fields: ProductFields
    private let analyzer: KoreanAnalyzer
    private let parser = JSONParser()
    private var tokens = TokenBuffer()
    private var net = SyllableNet()
    /// Where the next value of the field being written begins, and the field's length so far.
    private var nextPosition: UInt32 = 0
    private var fieldLength: UInt32 = 0

    /// Between two values of a field, so that a phrase never matches across them.
    private static let positionGap: UInt32 = 8
    /// Text beyond this is stored but not searched; no real product comes near.
    private static let searchedByteCountMax = 1 << 18

    init(fields: ProductFields, analyzer: KoreanAnalyzer) {
        self.fields = fields
        self.analyzer = analyzer
    }

    /// Large batches are shared out between two threads: analysis is most of the work of indexing.
    private static let parallelCountMin = 64

    /// The documents of `products`, in their order.
    static func documents(
        of products: [StoredProduct], fields: ProductFields, analyzer: KoreanAnalyzer
    ) -> [Result<IndexDocument, ProductError>] {
        let partCount = products.count < parallelCountMin ? 1 : 2
        let parts = Mutex([[Result<IndexDocument, ProductError>]](repeating: [], count: partCount))
        DispatchQueue.concurrentPerform(iterations: partCount) { part in
            var projector = ProductProjector(fields: fields, analyzer: analyzer)
            let range = (products.count * part / partCount)..<(products.count * (part + 1) / partCount)
            let documents = products[range].map { projector.document(of: $0) }
            parts.withLock { $0[part] = documents }
        }
        return parts.withLock { $0.flatMap { $0 } }
    }

    /// The document of a stored product, with the row's version.
    mutating func document(of stored: StoredProduct) -> Result<IndexDocument, ProductError> {
        do throws(ProductError) {
            return .success(document(of: try stored.product(with: parser), stored))
        } catch {
            return .failure(error)
        }
    }

    private mutating func document(of product: Product, _ stored: StoredProduct) -> IndexDocument {
        var document = IndexDocument(key: Array(product.id.utf8), version: stored.version)
        writeField(fields.titleText, [product.title], &document)
        writeField(fields.brandText, [product.brand].compactMap { $0 }, &document)
        let category = product.category.map(CategoryPath.init)
        writeField(fields.categoryText, category?.names ?? [], &document)
        writeField(fields.descriptionText, [product.description].compactMap { $0 }, &document)
        writeSyllableNet(product, &document)
        writeKeywords(product, category, &document)
        writeAttributes(product, &document)
        writeNumbers(product, &document)
        document.stored = stored.stored
        return document
    }

    private mutating func writeKeywords(
        _ product: Product, _ category: CategoryPath?, _ document: inout IndexDocument
    ) {
        if let brand = product.brand {
            addKeyword(fields.brand, brand, &document)
        }
        guard let category else { return }
        for path in category.selfAndAncestors { addKeyword(fields.category, path, &document) }
    }

    private func addKeyword(_ field: FieldID, _ value: String, _ document: inout IndexDocument) {
        let bytes = Array(value.utf8)
        if !bytes.isEmpty, bytes.count <= ProductFields.facetValueByteCountMax {
            document.addKeyword(field, bytes)
        }
    }

    private func writeNumbers(_ product: Product, _ document: inout IndexDocument) {
        for (field, value) in fields.updatableValues(of: product) {
            if let value { document.addInteger(field, value) }
        }
        let fixed: [(FieldID, Int64?)] = [
            (fields.listPrice, product.listPrice), (fields.reviewCount, product.reviewCount),
            (fields.released, product.released.flatMap(ReleaseDate.number)),
        ]
        for (field, value) in fixed {
            if let value { document.addInteger(field, value) }
        }
    }

    // MARK: Attributes

    private mutating func writeAttributes(_ product: Product, _ document: inout IndexDocument) {
        beginField()
        for (name, value) in product.attributes {
            writeAttribute(ProductFields.attributePrefix + name, name, value, &document)
        }
        for (name, value) in product.unknown {
            writeUnknown(name, value, &document)
        }
        endField(fields.attributesText, &document)
    }

    /// Strings can be filtered, counted and searched; numbers filtered and searched; an object's members are
    /// attributes of their own, `attributes.size.width`.
    private mutating func writeAttribute(
        _ path: String, _ name: String, _ value: JSONValue, _ document: inout IndexDocument
    ) {
        switch value {
        case .null: break
        case .string(let text):
            writeText(fields.attributesText, text, &document)
            writeAttributeKeyword(path, text, &document)
        case .integer(let number):
            writeText(fields.attributesText, String(number), &document)
            writeAttributeNumber(path, Double(number), &document)
        case .double(let number):
            let text =
                number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : String(number)
            writeText(fields.attributesText, text, &document)
            writeAttributeNumber(path, number, &document)
        case .bool(let flag):
            // "touchscreen: true" is found as touchscreen; "false" must not be.
            if flag { writeText(fields.attributesText, name, &document) }
            writeAttributeKeyword(path, flag ? "true" : "false", &document)
        case .array(let values):
            for value in values { writeAttribute(path, name, value, &document) }
        case .object(let members):
            for (member, value) in members { writeAttribute("\(path).\(member)", member, value, &document) }
        }
    }

    private func writeAttributeKeyword(_ path: String, _ text: String, _ document: inout IndexDocument) {
        guard let field = fields.attributeField(path, .keyword) else { return }
        addKeyword(field, text, &document)
    }

    private func writeAttributeNumber(_ path: String, _ number: Double, _ document: inout IndexDocument) {
        guard let field = fields.attributeField(path, .decimal),
            !document.integers.contains(where: { $0.field == field })
        else { return }
        document.addDecimal(field, number)
    }

    /// Members the product format does not know are kept and returned; their texts are searched, because a
    /// shop that sends `model` or `barcode` expects to find them.
    private mutating func writeUnknown(_ name: String, _ value: JSONValue, _ document: inout IndexDocument) {
        switch value {
        case .string(let text): writeText(fields.attributesText, text, &document)
        case .array(let values):
            for value in values { writeUnknown(name, value, &document) }
        default: break
        }
    }

    // MARK: Text

    private mutating func writeField(_ field: FieldID, _ values: [String], _ document: inout IndexDocument) {
        beginField()
        for value in values { writeText(field, value, &document) }
        endField(field, &document)
    }

    private mutating func beginField() {
        nextPosition = 0
        fieldLength = 0
    }

    private func endField(_ field: FieldID, _ document: inout IndexDocument) {
        if fieldLength > 0 { document.setLength(field, fieldLength) }
    }

    /// Which pairs of syllables and which sounds title and brand have; where they stand and how long the
    /// field is are not asked, so that one costs a byte or less.
    private mutating func writeSyllableNet(_ product: Product, _ document: inout IndexDocument) {
        for var text in [product.title, product.brand ?? ""] {
            text.withUTF8 { bytes in
                let searched = UnsafeBufferPointer(rebasing: bytes.prefix(Self.searchedByteCountMax))
                analyzer.syllableNet(searched, with: tokens, into: &net)
            }
            for pair in net.pairs { document.addTerm(fields.syllableNet, pair.term, position: 0) }
            for sound in net.sounds { document.addTerm(fields.syllableNet, sound, position: 0) }
        }
    }

    private mutating func writeText(_ field: FieldID, _ text: String, _ document: inout IndexDocument) {
        var text = text
        let base = nextPosition
        var end: UInt32 = 0
        text.withUTF8 { bytes in
            let searched = UnsafeBufferPointer(rebasing: bytes.prefix(Self.searchedByteCountMax))
            analyzer.analyze(searched, into: &tokens)
        }
        for token in tokens.tokens {
            document.addTerm(field, tokens.term(token), position: base + token.position)
            end = max(end, token.position + UInt32(token.positionLength))
        }
        guard end > 0 else { return }
        fieldLength += end
        nextPosition = base + end + Self.positionGap
    }
}
