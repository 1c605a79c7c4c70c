// Names to fields, literals to terms and column values.
//
// One name may stand for several fields, one a kind: attributes come as strings in one product and as
// numbers in the next. A comparison then matches if any of them does.

/// What a name in a filter stands for.
public struct FilterTarget: Sendable {
    /// The keyword field of that name.
    public var keyword: FieldID?
    /// The integer field of that name.
    public var integer: FieldID?
    /// The decimal field of that name; its column holds `OrderedDouble` values.
    public var decimal: FieldID?
    /// Turns a written string into the bytes of the keyword term; nil takes its UTF-8 as it is.
    public var keywordBytes: (@Sendable (String) -> [UInt8])?
    /// Reads a quoted value for the integer field, as a date; nil means that only numbers are understood.
    public var integerValue: (@Sendable (String) -> Int64?)?

    /// Makes a target. One without any field is known but matches nothing.
    public init(
        keyword: FieldID? = nil, integer: FieldID? = nil, decimal: FieldID? = nil,
        keywordBytes: (@Sendable (String) -> [UInt8])? = nil,
        integerValue: (@Sendable (String) -> Int64?)? = nil
    ) {
        self.keyword = keyword
        self.integer = integer
        self.decimal = decimal
        self.keywordBytes = keywordBytes
        self.integerValue = integerValue
    }
}

extension FilterExpression {
    /// The filter with every name resolved.
    ///
    /// `resolve` gives the fields of a name, or nil for an unknown one; `names` are the known names, of which
    /// the nearest are offered in the error. Throws `FilterError` with code `field` for an unknown name and
    /// `value` when a field cannot be compared in the way written.
    public func bound(
        names: [String] = [], resolve: (String) -> FilterTarget?
    ) throws(FilterError) -> Filter {
        switch self {
        case .compare(let name, let comparison, let literal):
            let target = try Self.target(name, names, resolve)
            switch comparison {
            case .equal: return try Self.equality(name, target, literal)
            case .notEqual: return .not(try Self.equality(name, target, literal))
            case .less, .lessOrEqual:
                return try Self.interval(
                    name, target, lower: nil, upper: literal, isOpen: comparison == .less)
            case .greater, .greaterOrEqual:
                return try Self.interval(
                    name, target, lower: literal, upper: nil, isOpen: comparison == .greater)
            }
        case .range(let name, let lower, let upper):
            let target = try Self.target(name, names, resolve)
            return try Self.interval(name, target, lower: lower, upper: upper, isOpen: false)
        case .oneOf(let name, let literals):
            let target = try Self.target(name, names, resolve)
            return Self.joined(
                try literals.map { (literal) throws(FilterError) in
                    try Self.equality(name, target, literal)
                })
        case .exists(let name):
            let target = try Self.target(name, names, resolve)
            let fields = [target.keyword, target.integer, target.decimal].compactMap { $0 }
            return Self.joined(fields.map { .exists($0) })
        case .and(let parts):
            return .and(try Self.boundAll(parts, names, resolve))
        case .or(let parts):
            return .or(try Self.boundAll(parts, names, resolve))
        case .not(let part):
            return .not(try part.bound(names: names, resolve: resolve))
        }
    }

    private static func boundAll(
        _ parts: [FilterExpression], _ names: [String], _ resolve: (String) -> FilterTarget?
    ) throws(FilterError) -> [Filter] {
        var bound: [Filter] = []
        for part in parts { bound.append(try part.bound(names: names, resolve: resolve)) }
        return bound
    }

    private static func target(
        _ name: FilterName, _ names: [String], _ resolve: (String) -> FilterTarget?
    ) throws(FilterError) -> FilterTarget {
        if let target = resolve(name.text) { return target }
        throw FilterError(
            code: .field, message: "There is no field \"\(name.text)\" to filter by.",
            position: name.position,
            expected: NearNames.of(name.text, in: names))
    }

    /// Documents in which the field has exactly this value.
    private static func equality(
        _ name: FilterName, _ target: FilterTarget, _ literal: FilterLiteral
    ) throws(FilterError) -> Filter {
        var parts: [Filter] = []
        switch literal.value {
        case .string(let text):
            if let field = target.keyword { parts.append(keyword(field, target, text)) }
            if let field = target.integer, let value = target.integerValue?(text) {
                parts.append(.integerRange(field, lower: value, upper: value))
            }
            if parts.isEmpty, target.integer != nil || target.decimal != nil {
                throw wrongValue(
                    name, literal, "holds numbers; a string cannot be equal to one", ["a number"])
            }
        case .integer(let value):
            if let field = target.keyword { parts.append(keyword(field, target, String(value))) }
            parts += numberRange(target, Bound(value), Bound(value))
        case .decimal(let value, let spelling):
            if let field = target.keyword { parts.append(keyword(field, target, spelling)) }
            parts += numberRange(target, Bound(value), Bound(value))
        case .boolean(let value):
            if let field = target.keyword { parts.append(keyword(field, target, value ? "true" : "false")) }
            if let field = target.integer {
                let number: Int64 = value ? 1 : 0
                parts.append(.integerRange(field, lower: number, upper: number))
            }
            if parts.isEmpty, target.decimal != nil {
                throw wrongValue(name, literal, "holds numbers", ["a number"])
            }
        }
        return joined(parts)
    }

    /// Documents in which the field's number lies between two ends.
    private static func interval(
        _ name: FilterName, _ target: FilterTarget, lower: FilterLiteral?, upper: FilterLiteral?, isOpen: Bool
    ) throws(FilterError) -> Filter {
        let place = lower ?? upper ?? FilterLiteral(.integer(0), position: name.position)
        if target.integer == nil, target.decimal == nil {
            guard target.keyword != nil else { return .none }
            throw wrongValue(name, place, "holds text and has no order", ["\"=\"", "\"!=\"", "\"IN\""])
        }
        let low = try bound(name, target, lower)
        let high = try bound(name, target, upper)
        return joined(numberRange(target, low, high, isOpen: isOpen))
    }

    private static func keyword(_ field: FieldID, _ target: FilterTarget, _ text: String) -> Filter {
        .keyword(field, values: [target.keywordBytes?(text) ?? Array(text.utf8)])
    }

    private static func bound(
        _ name: FilterName, _ target: FilterTarget, _ literal: FilterLiteral?
    ) throws(FilterError) -> Bound? {
        guard let literal else { return nil }
        switch literal.value {
        case .integer(let value): return Bound(value)
        case .decimal(let value, _): return Bound(value)
        case .string(let text):
            if target.integer != nil, let value = target.integerValue?(text) { return Bound(value) }
            throw wrongValue(name, literal, "is compared with numbers", ["a number"])
        case .boolean:
            throw wrongValue(name, literal, "is compared with numbers", ["a number"])
        }
    }

    /// The range over each number field of the target; `isOpen` leaves the ends themselves out.
    private static func numberRange(
        _ target: FilterTarget, _ lower: Bound?, _ upper: Bound?, isOpen: Bool = false
    ) -> [Filter] {
        var parts: [Filter] = []
        if let field = target.integer {
            let low = lower.map { $0.integerAtLeast(isOpen: isOpen) }
            let high = upper.map { $0.integerAtMost(isOpen: isOpen) }
            // A bound beyond every 64-bit integer on the wrong side leaves nothing.
            if low == .some(nil) || high == .some(nil) {
                parts.append(.none)
            } else {
                parts.append(.integerRange(field, lower: low ?? nil, upper: high ?? nil))
            }
        }
        if let field = target.decimal {
            let low = lower.map { OrderedDouble.encode(isOpen ? $0.decimal.nextUp : $0.decimal) }
            let high = upper.map { OrderedDouble.encode(isOpen ? $0.decimal.nextDown : $0.decimal) }
            parts.append(.integerRange(field, lower: low, upper: high))
        }
        return parts
    }

    private static func joined(_ parts: [Filter]) -> Filter {
        // Values of one field become one list, so that an IN of a thousand brands is one clause.
        var keywordField: FieldID?
        var values: [[UInt8]] = []
        for part in parts {
            guard case .keyword(let field, let more) = part, keywordField == nil || keywordField == field
            else {
                keywordField = nil
                return parts.count == 1 ? part : parts.isEmpty ? .none : .or(parts)
            }
            keywordField = field
            values += more
        }
        guard let keywordField else { return .none }
        return .keyword(keywordField, values: values)
    }

    private static func wrongValue(
        _ name: FilterName, _ literal: FilterLiteral, _ reason: String, _ expected: [String]
    ) -> FilterError {
        FilterError(
            code: .value, message: "The field \"\(name.text)\" \(reason).", position: literal.position,
            expected: expected)
    }
}

/// An end of a numeric range, as written.
private enum Bound {
    case integer(Int64)
    case double(Double)

    init(_ value: Int64) { self = .integer(value) }
    init(_ value: Double) { self = .double(value) }

    var decimal: Double {
        switch self {
        case .integer(let value): Double(value)
        case .double(let value): value
        }
    }

    /// The least integer that satisfies the bound as a lower end; nil when there is none.
    func integerAtLeast(isOpen: Bool) -> Int64? {
        switch self {
        case .integer(let value):
            return isOpen ? (value == .max ? nil : value + 1) : value
        case .double(let value):
            let least = value.rounded(.up)
            guard let integer = Int64(exactly: least) else { return value < 0 ? .min : nil }
            return isOpen && least == value ? (integer == .max ? nil : integer + 1) : integer
        }
    }

    /// The greatest integer that satisfies the bound as an upper end; nil when there is none.
    func integerAtMost(isOpen: Bool) -> Int64? {
        switch self {
        case .integer(let value):
            return isOpen ? (value == .min ? nil : value - 1) : value
        case .double(let value):
            let greatest = value.rounded(.down)
            guard let integer = Int64(exactly: greatest) else { return value > 0 ? .max : nil }
            return isOpen && greatest == value ? (integer == .min ? nil : integer - 1) : integer
        }
    }
}
