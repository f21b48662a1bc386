// OpenSearch's Java client against serve: prints the rows that one k-NN search
// of the index `photos` finds. Arguments: port, k, the vector's values.

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hc.core5.http.HttpHost;
import org.opensearch.client.opensearch.OpenSearchClient;
import org.opensearch.client.opensearch.core.SearchResponse;
import org.opensearch.client.transport.httpclient5.ApacheHttpClient5TransportBuilder;

final class Ask {
  public static void main(String[] arguments) throws Exception {
    int port = Integer.parseInt(arguments[0]);
    int k = Integer.parseInt(arguments[1]);
    float[] vector = new float[arguments.length - 2];
    for (int i = 0; i < vector.length; ++i) vector[i] = Float.parseFloat(arguments[i + 2]);
    try (var transport =
        ApacheHttpClient5TransportBuilder.builder(new HttpHost("http", "127.0.0.1", port))
            .build()) {
      var client = new OpenSearchClient(transport);
      SearchResponse<Map> found =
          client.search(
              s ->
                  s.index("photos")
                      .size(k)
                      .query(q -> q.knn(n -> n.field("fvec").vector(vector).k(k))),
              Map.class);
      List<String> rows =
          found.hits().hits().stream().map(hit -> hit.id()).collect(Collectors.toList());
      // A document and the count, whose answers are read by other classes.
      var document = client.get(g -> g.index("photos").id(rows.get(0)), Map.class);
      long count = client.count(c -> c.index("photos")).count();
      if (!document.found() || count == 0 || !client.indices().exists(e -> e.index("photos")).value())
        throw new AssertionError("no document " + rows.get(0) + ", or no count: " + count);
      System.out.println(rows);
    }
  }
}
