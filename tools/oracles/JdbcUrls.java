import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Properties;
import java.util.Scanner;
import org.postgresql.Driver;

/** What PostgreSQL's JDBC driver takes from URLs, one a line in base64: its properties, each in base64. For tools/compare/real_readers.py. */
class JdbcUrls {
    public static void main(String[] arguments) {
        Scanner lines = new Scanner(System.in);
        while (lines.hasNextLine()) {
            String url = new String(Base64.getDecoder().decode(lines.nextLine()), StandardCharsets.UTF_8);
            Properties read = Driver.parseURL(url, null);
            StringBuilder answer = new StringBuilder(read == null ? "refused" : "");
            for (String name : read == null ? new String[0] : new String[] {"PGHOST", "PGPORT", "PGDBNAME", "user", "password"}) {
                String value = read.getProperty(name);
                if (value != null) {
                    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
                    answer.append(name).append(':').append(Base64.getEncoder().encodeToString(bytes)).append(' ');
                }
            }
            System.out.println(answer);
        }
    }
}
