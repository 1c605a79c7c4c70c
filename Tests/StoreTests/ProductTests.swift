import JSON
import Testing

@testable import Store

/// A line of JSON that is a product, and its canonical form.
struct GoodProduct: Sendable, CustomTestStringConvertible {
    let json: String
    let canonical: String
    var testDescription: String { json }

    init(_ json: String, _ canonical: String) {
        self.json = json
        self.canonical = canonical
    }
}

/// A line that is no product, and what the error says.
struct BadProduct: Sendable, CustomTestStringConvertible {
    let json: String
    let message: String
    var testDescription: String { String(json.prefix(80)) }

    init(_ json: String, _ message: String) {
        self.json = json
        self.message = message
    }
}

private let goodProducts: [GoodProduct] = [
    GoodProduct(#"{"id":"1","title":"원"}"#, #"{"id":"1","title":"원","status":"on_sale"}"#),
    GoodProduct(
        #"{"price": 26000.0, "title": "래글런", "id": "m-1", "stock": 0, "status": "sold_out"}"#,
        #"{"id":"m-1","title":"래글런","price":26000,"stock":0,"status":"sold_out"}"#),
    GoodProduct(
        #"{"id":"1","title":"t","brand":null,"price":null,"status":null,"images":null,"attributes":null,"x":null}"#,
        #"{"id":"1","title":"t","x":null,"status":"on_sale"}"#),
    GoodProduct(
        #"{"id":"1","title":"t","ean":["0095"],"attributes":{"a":null,"b":[1,"x"],"c":3.0,"d":true,"e":{}},"z":{"k":1}}"#,
        #"{"id":"1","title":"t","attributes":{"a":null,"b":[1,"x"],"c":3.0,"d":true,"e":{}},"#
            + #""ean":["0095"],"z":{"k":1},"status":"on_sale"}"#),
    GoodProduct(
        #"{"id":"1","title":"t","title":"u","x":1,"y":2,"x":3,"price":1,"price":2}"#,
        #"{"id":"1","title":"u","x":3,"y":2,"price":2,"status":"on_sale"}"#),
    GoodProduct(
        #"{"sales_count":7,"rating":4.70,"status":"hidden","stock":5,"price":3,"attributes":{"색":"블랙"},"images":["a","b"],"#
            + #""released":"2009-12-10","review_count":2,"list_price":9,"category":"패션 > 하의","brand":"b","#
            + #""description":"d","title":"t","id":"i"}"#,
        #"{"id":"i","title":"t","description":"d","brand":"b","category":"패션 > 하의","list_price":9,"review_count":2,"#
            + #""released":"2009-12-10","images":["a","b"],"attributes":{"색":"블랙"},"price":3,"stock":5,"#
            + #""status":"hidden","rating":4.7,"sales_count":7}"#),
    GoodProduct(
        #"{"id":"1","title":"t","attributes":{},"images":[],"rating":5,"description":""}"#,
        #"{"id":"1","title":"t","description":"","images":[],"status":"on_sale","rating":5.0}"#),
    GoodProduct(
        #"{"id":"${goodsNo}","title":"a\u0000\n\"b","Price":"free"}"#,
        #"{"id":"${goodsNo}","title":"a\u0000\n\"b","Price":"free","status":"on_sale"}"#),
]

private let badProducts: [BadProduct] = [
    BadProduct("", "not JSON: the document is empty (at byte 0)"),
    BadProduct(#"{"id":"1","title":"t",}"#, "not JSON: expected a member name in double quotes (at byte 22)"),
    BadProduct("[]", "expected an object with id and title, got an array"),
    BadProduct("{}", "id: expected a text, got nothing"),
    BadProduct(#"{"id":"1"}"#, "title: expected a text, got nothing"),
    BadProduct(#"{"id":null,"title":"t"}"#, "id: expected a text, got null"),
    BadProduct(#"{"id":7,"title":"t"}"#, "id: expected a text, got an integer"),
    BadProduct(
        #"{"id":"","title":"t"}"#,
        "id: expected a text of 1 to 512 bytes without control characters, got 0 bytes"),
    BadProduct(
        #"{"id":"a\nb","title":"t"}"#,
        "id: expected a text of 1 to 512 bytes without control characters, got a control character"),
    BadProduct(
        #"{"id":"a\u0085","title":"t"}"#,
        "id: expected a text of 1 to 512 bytes without control characters, got a control character"),
    BadProduct(
        #"{"id":"\#(String(repeating: "가", count: 171))","title":"t"}"#,
        "id: expected a text of 1 to 512 bytes without control characters, got 513 bytes"),
    BadProduct(
        #"{"id":"1","title":" \t"}"#,
        "title: expected a text with at least one visible character, got an empty one"),
    BadProduct(
        #"{"id":"1","title":"\#(String(repeating: "x", count: 4097))"}"#,
        "title: expected a text of at most 4096 bytes, got 4097 bytes"),
    BadProduct(
        #"{"id":"1","title":"t","price":"12,000"}"#,
        #"price: expected a whole number from 0 to 9007199254740991, got a string "12,000""#),
    BadProduct(
        #"{"id":"1","title":"t","price":12.5}"#,
        "price: expected a whole number from 0 to 9007199254740991, got 12.5"),
    BadProduct(
        #"{"id":"1","title":"t","stock":-1}"#,
        "stock: expected a whole number from 0 to 9007199254740991, got -1"),
    BadProduct(
        #"{"id":"1","title":"t","list_price":9007199254740992}"#,
        "list_price: expected a whole number from 0 to 9007199254740991, got 9007199254740992"),
    BadProduct(
        #"{"id":"1","title":"t","review_count":true}"#,
        "review_count: expected a whole number from 0 to 9007199254740991, got a truth value"),
    BadProduct(#"{"id":"1","title":"t","rating":5.1}"#, "rating: expected a number from 0 to 5, got 5.1"),
    BadProduct(
        #"{"id":"1","title":"t","rating":"5"}"#, #"rating: expected a number from 0 to 5, got a string "5""#),
    BadProduct(
        #"{"id":"1","title":"t","status":"selling"}"#,
        #"status: expected one of "on_sale", "sold_out", "hidden", "discontinued", got a string "selling""#),
    BadProduct(#"{"id":"1","title":"t","brand":["x"]}"#, "brand: expected a text, got an array"),
    BadProduct(#"{"id":"1","title":"t","released":2009}"#, "released: expected a text, got an integer"),
    BadProduct(
        #"{"id":"1","title":"t","images":"a.png"}"#,
        #"images: expected an array of texts, got a string "a.png""#),
    BadProduct(#"{"id":"1","title":"t","images":["a",1]}"#, "images[1]: expected a text, got an integer"),
    BadProduct(#"{"id":"1","title":"t","attributes":[]}"#, "attributes: expected an object, got an array"),
    BadProduct(
        #"{"id":"1","title":"t","gtin":18446744073709551615}"#,
        "gtin: expected JSON, got the integer 18446744073709551615 does not fit in 64 bits with sign; "
            + "write it as a string"),
    BadProduct(
        #"{"id":"1","title":"t","x":"\#(String(repeating: "x", count: 2 << 20))"}"#,
        "expected a product of at most 2097152 bytes, got 2097181"),
]

@Suite struct ProductTests {
    @Test("products are read and written in canonical order", arguments: goodProducts)
    func reads(_ row: GoodProduct) throws {
        let parser = JSONParser()
        let product = try Product(parsing: Array(row.json.utf8), with: parser)
        #expect(text(product.canonicalJSON) == row.canonical)
        let again = try Product(parsing: product.canonicalJSON, with: parser)
        #expect(again == product)
        #expect(text(again.canonicalJSON) == row.canonical)
        #expect(try Product(json: parser.parse(Array(row.json.utf8))) == product)
    }

    @Test("what is no product is refused with member, expectation and what came", arguments: badProducts)
    func refuses(_ row: BadProduct) {
        let error = #expect(throws: ProductError.self) {
            try Product(parsing: Array(row.json.utf8), with: JSONParser())
        }
        #expect(error?.description == row.message)
    }

    @Test("the stored form has no updatable member, and splicing them in gives the canonical form")
    func splices() throws {
        for row in goodProducts {
            let product = try Product(parsing: Array(row.json.utf8), with: JSONParser())
            let tree = try JSONParser().parse(product.storedJSON)
            for member in ProductMember.allCases where member.isUpdatable {
                #expect(tree[member.rawValue] == nil)
            }
            #expect(Product.splice(stored: product.storedJSON, product.updatable) == product.canonicalJSON)
        }
    }

    @Test("composed and decomposed texts are different products")
    func comparesBytes() {
        #expect(Product(id: "1", title: "\u{E9}") != Product(id: "1", title: "e\u{301}"))
    }

    @Test("every member name is recognised, every status has a name")
    func namesMembers() throws {
        for member in ProductMember.allCases {
            try JSONParser().withDocument(Array("\"\(member.rawValue)\"".utf8)) { root in
                #expect(ProductMember(root.name) == member)
            }
        }
        for status in ProductStatus.allCases { #expect(ProductStatus(name: status.name) == status) }
    }
}

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
