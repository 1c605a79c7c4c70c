// The field names that a filter speaks of.

import Engine

extension FilterExpression {
    /// Whether the filter compares the field `name` anywhere.
    func mentions(_ name: String) -> Bool {
        switch self {
        case .compare(let field, _, _), .range(let field, _, _), .oneOf(let field, _), .exists(let field):
            field.text == name
        case .and(let parts), .or(let parts): parts.contains { $0.mentions(name) }
        case .not(let part): part.mentions(name)
        }
    }
}
