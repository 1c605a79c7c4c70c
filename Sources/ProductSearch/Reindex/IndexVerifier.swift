// Compares the committed index with the store, product by product: `saekin reindex --verify`. Nothing is
// changed. While a server is running the index may lag behind; products that changed meanwhile do not count.

import Engine
import JSON
import Store

/// Finds differences between index and store.
public struct IndexVerifier {
    private let folder: DataFolder
    private let store: ProductStore

    public init(folder: DataFolder, store: ProductStore) {
        self.folder = folder
        self.store = store
    }

    /// A sentence for each difference; empty where the index is what the store says.
    public func differences() throws -> [String] {
        let snapshot = try folder.committedSnapshot()
        let fields = try ProductFields(registry: snapshot.registry)
        var differences: [String] = []
        var found = 0
        var newer = 0
        let parser = JSONParser()
        try store.withSnapshot { state in
            try state.forEachProduct { product in
                guard product.version <= snapshot.eventPosition else {
                    newer += 1
                    return
                }
                guard let address = try snapshot.address(of: Array(product.id.utf8)) else {
                    return differences.append("the product '\(product.id)' is not in the index")
                }
                found += 1
                if try snapshot.stored(address) != product.stored {
                    differences.append("the product '\(product.id)' is indexed with an older text")
                } else if try fields.updatableMembers(of: address, in: snapshot) != product.updatable
                    || snapshot.integer(fields.prior, address)
                        != ProductPrior.value(of: product.product(with: parser))
                {
                    differences.append("the product '\(product.id)' is indexed with other numbers")
                }
            }
        }
        if newer == 0, snapshot.documentCount > found {
            differences.append(
                "the index has \(snapshot.documentCount - found) products that the store has not")
        }
        return differences
    }
}
