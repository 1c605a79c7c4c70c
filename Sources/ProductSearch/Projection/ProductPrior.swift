// What a product is worth before anybody has asked: whether it can be bought, how it sells, how it is rated
// and how new it is. It decides among products that answer a query alike, and never makes up for a word.
//
// All but newness is one number of the product, 0 to 255, in a column that a sale or a new rating replaces.
// Newness is added when a search reads it, because it changes by itself.

import Engine
import Glibc
import Store

/// The signals of a shop, as the engine's prior.
enum ProductPrior {
    /// What a product with the best signals has more of score than one with the worst, and at most which part
    /// of the score that the words can give. A word in the title instead of the description is worth more.
    private static let weight: Float = 1.5
    private static let share: Float = 0.15

    // Shares of 255. Together with the newest they are all of it.
    private static let available = 102.0
    private static let bestSeller = 85.0
    private static let bestRated = 34.0
    private static let newest = 34

    /// So many sales are as good as more. Each doubling before counts the same.
    private static let greatestSales = 100_000.0
    /// One buyer in so many writes a review; for products of which only reviews are counted.
    private static let salesOfReview = 10.0
    /// A product without reviews is rated so, and counts as though so many had said it: the mean of a few
    /// ratings says little.
    private static let usualRating = 4.0
    private static let usualReviewCount = 10.0
    /// Nothing is added up to this rating.
    private static let leastRating = 3.0

    /// All but newness, 0 to 255.
    static func value(of product: Product) -> Int64 {
        var sum = 0.0
        if product.updatable.status == .onSale, product.stock ?? 1 > 0 { sum += available }
        let reviews = Double(max(0, product.reviewCount ?? 0))
        let sales = max(Double(max(0, product.salesCount ?? 0)), reviews * salesOfReview)
        sum += bestSeller * min(1, log1p(sales) / log1p(greatestSales))
        let ratings = product.rating == nil ? 0 : max(1, reviews)
        let mean =
            ((product.rating ?? 0) * ratings + usualRating * usualReviewCount) / (ratings + usualReviewCount)
        sum += bestRated * min(1, max(0, (mean - leastRating) / (5 - leastRating)))
        return Int64(sum.rounded())
    }

    /// The prior of a search on some day, which counts `factor` times as much as it usually does.
    static func prior(_ fields: ProductFields, day: CivilDay, factor: Int) -> StaticPrior? {
        if factor == 0 { return nil }
        // A year is long: newness fades by a twelfth every month.
        let steps = (1...12).reversed().map { month in
            StaticPrior.Bonus.Step(
                from: day.adding(days: -30 * month).number, value: UInt8(newest * (13 - month) / 12))
        }
        return StaticPrior(
            fields.prior, bonus: StaticPrior.Bonus(fields.released, steps: steps),
            weight: weight * Float(factor), share: share * Float(factor))
    }
}

/// A day of the calendar, counted from 1970-01-01.
struct CivilDay: Hashable, Sendable {
    private let days: Int

    init(days: Int) { self.days = days }

    /// Today in Korea, where it begins nine hours earlier than in UTC.
    static var today: CivilDay { CivilDay(days: (time(nil) + 9 * 3_600) / 86_400) }

    func adding(days count: Int) -> CivilDay { CivilDay(days: days + count) }

    /// As `ReleaseDate` writes it: 2026-11-20 is 20261120.
    var number: Int64 {
        var seconds = time_t(days) * 86_400
        var date = tm()
        // Every day that fits into seconds has a date.
        gmtime_r(&seconds, &date)
        return Int64(date.tm_year + 1_900) * 10_000 + Int64(date.tm_mon + 1) * 100 + Int64(date.tm_mday)
    }
}
