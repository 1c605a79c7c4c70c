import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.lucene.analysis.ko.KoreanAnalyzer;
import org.apache.lucene.analysis.ko.KoreanPartOfSpeechStopFilter;
import org.apache.lucene.analysis.ko.KoreanTokenizer;
import org.apache.lucene.document.*;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.BytesRef;

/**
 * NoriImport PRODUCTS.jsonl FOLDER : one Lucene index of products with Korean analysis, as a shop has it.
 *
 * Five fields analysed by nori (compounds split), the record stored, price as a point and a column; brand,
 * category with the levels above it and attribute values as columns for facets and as terms for filters. One
 * thread adds documents, Lucene merges beside it; 256 MB before a segment is written. Prints a line of JSON.
 */
public class NoriImport {
  static final String[] TEXT = {"title", "brand", "category", "description"};

  public static void main(String[] arguments) throws Exception {
    long start = System.nanoTime();
    KoreanAnalyzer nori = new KoreanAnalyzer(null, KoreanTokenizer.DecompoundMode.DISCARD,
        KoreanPartOfSpeechStopFilter.DEFAULT_STOP_TAGS, false);
    ObjectMapper json = new ObjectMapper();
    int count = 0;
    try (IndexWriter writer = new IndexWriter(FSDirectory.open(Paths.get(arguments[1])),
            new IndexWriterConfig(nori).setRAMBufferSizeMB(256).setUseCompoundFile(false));
        BufferedReader lines = Files.newBufferedReader(Paths.get(arguments[0]))) {
      for (String line; (line = lines.readLine()) != null; count++) {
        writer.addDocument(document(json.readTree(line), line));
      }
      writer.commit();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf(Locale.ROOT, "{\"documents\": %d, \"seconds\": %.3f}%n", count, seconds);
  }

  static Document document(JsonNode product, String source) {
    Document document = new Document();
    document.add(new StringField("id", product.get("id").asText(), Field.Store.NO));
    document.add(new StoredField("source", source));
    for (String name : TEXT) {
      String text = product.path(name).asText("");
      if (!text.isEmpty()) document.add(new TextField(name, text, Field.Store.NO));
    }
    if (product.hasNonNull("price")) {
      document.add(new LongPoint("price", product.get("price").asLong()));
      document.add(new NumericDocValuesField("price", product.get("price").asLong()));
    }
    if (product.hasNonNull("brand")) value(document, "brand.value", product.get("brand").asText());
    String category = product.path("category").asText("");
    for (int end = category.length(); end > 0; end = category.lastIndexOf(" > ", end - 1)) {
      value(document, "category.value", category.substring(0, end));
    }
    StringBuilder words = new StringBuilder();
    for (Iterator<Map.Entry<String, JsonNode>> i = product.path("attributes").fields(); i.hasNext(); ) {
      Map.Entry<String, JsonNode> attribute = i.next();
      JsonNode given = attribute.getValue();
      for (JsonNode one : given.isArray() ? given : List.of(given)) {
        if (one.isNull() || one.isContainerNode()) continue;
        String text = one.asText();
        words.append(text).append(' ');
        if (text.length() < 100) value(document, "attributes.value", attribute.getKey() + ":" + text);
      }
    }
    if (words.length() > 0) document.add(new TextField("attributes", words.toString(), Field.Store.NO));
    return document;
  }

  /** A value to filter by and to count. */
  static void value(Document document, String field, String text) {
    BytesRef bytes = new BytesRef(text);
    if (bytes.length == 0 || bytes.length > 1024) return;
    document.add(new StringField(field, bytes, Field.Store.NO));
    document.add(new SortedSetDocValuesField(field, bytes));
  }
}
