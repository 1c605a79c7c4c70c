// The numbers that change without a new analysis, between the product of the store and the columns of the
// index; and the attributes, whose fields the catalogue teaches.

import Engine
import Store

extension ProductFields {
    /// The columns of a product's updatable members; nil where the product has none.
    func updatableValues(of product: Product) -> [(FieldID, Int64?)] {
        [
            (price, product.price), (stock, product.stock), (status, product.updatable.status.rawValue),
            (rating, product.rating.map(OrderedDouble.encode)), (salesCount, product.salesCount),
            (prior, ProductPrior.value(of: product)),
        ]
    }

    /// The updatable members of an indexed product as they are now.
    func updatableMembers(
        of address: DocAddress, in snapshot: Snapshot
    ) throws(SearchError) -> UpdatableMembers {
        UpdatableMembers(
            price: try snapshot.integer(price, address),
            stock: try snapshot.integer(stock, address),
            status: try snapshot.integer(status, address).flatMap(ProductStatus.init(rawValue:)) ?? .onSale,
            rating: try snapshot.integer(rating, address).map(OrderedDouble.decode),
            salesCount: try snapshot.integer(salesCount, address))
    }

    /// The field of an attribute, made when it is first seen; nil when there are too many attributes already.
    func attributeField(_ path: String, _ kind: FieldKind) -> FieldID? {
        if let known = registry.id(path, kind) { return known }
        guard registry.definitions.count < Self.attributeFieldCountMax,
            path.utf8.count <= Self.facetValueByteCountMax
        else {
            return nil
        }
        return registry.register(path, kind)
    }
}
