// The fields of an index, in the order in which they were first seen.
//
// The registry only grows, so that a field's id means the same in every segment, old or new. The index keeps
// it in its manifest. Field 0 is always the document key.
import Synchronization

/// The append-only list of an index's fields. Safe to use from any thread.
public final class FieldRegistry: Sendable {
    /// The document key: a keyword field named `_key`, present in every document.
    public static let key = FieldID(rawValue: 0)
    /// How many fields an index may have.
    public static let fieldCountMax = 4_096
    /// How many UTF-8 bytes a field name may have.
    public static let nameByteCountMax = 512

    private struct NameAndKind: Hashable {
        let name: String
        let kind: FieldKind
    }

    private struct State {
        var definitions: [FieldDefinition] = []
        var ids: [NameAndKind: FieldID] = [:]
    }

    private let state: Mutex<State>

    /// A registry with the definitions of a manifest, or with the document key alone.
    ///
    /// - Precondition: definition `i` has id `i`, no name occurs twice for one kind, and definition 0, if
    ///   there is any, is the document key.
    public init(_ definitions: [FieldDefinition] = []) {
        var initial = State()
        let key = FieldDefinition(id: Self.key, name: "_key", kind: .keyword)
        for definition in definitions.isEmpty ? [key] : definitions {
            precondition(Int(definition.id.rawValue) == initial.definitions.count, "field ids have a gap")
            let slot = NameAndKind(name: definition.name, kind: definition.kind)
            precondition(
                initial.ids.updateValue(definition.id, forKey: slot) == nil, "a field is listed twice")
            initial.definitions.append(definition)
        }
        precondition(initial.definitions[0] == key, "field 0 must be the document key")
        precondition(initial.definitions.count <= Self.fieldCountMax, "too many fields")
        state = Mutex(initial)
    }

    /// The id of a field, which is added if the index does not have it.
    ///
    /// A field that exists keeps its properties. The same name may exist once for each kind.
    ///
    /// - Returns: nil when the index has no room for another field, or the name is empty or too long.
    public func register(
        _ name: String, _ kind: FieldKind, isUpdatable: Bool = false, hasColumn: Bool = true
    ) -> FieldID? {
        let slot = NameAndKind(name: name, kind: kind)
        return state.withLock { state in
            if let id = state.ids[slot] { return id }
            let byteCount = name.utf8.count
            guard state.definitions.count < Self.fieldCountMax, byteCount > 0,
                byteCount <= Self.nameByteCountMax
            else { return nil }
            let id = FieldID(rawValue: UInt16(state.definitions.count))
            state.definitions.append(
                FieldDefinition(
                    id: id, name: name, kind: kind, isUpdatable: isUpdatable, hasColumn: hasColumn))
            state.ids[slot] = id
            return id
        }
    }

    /// The id of a field that is registered.
    public func id(_ name: String, _ kind: FieldKind) -> FieldID? {
        state.withLock { $0.ids[NameAndKind(name: name, kind: kind)] }
    }

    /// The definition of a field that is registered.
    public func definition(_ id: FieldID) -> FieldDefinition? {
        state.withLock { state in
            Int(id.rawValue) < state.definitions.count ? state.definitions[Int(id.rawValue)] : nil
        }
    }

    /// All fields, by id.
    public var definitions: [FieldDefinition] { state.withLock { $0.definitions } }
}
