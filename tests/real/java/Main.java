// Java: threads, files in /tmp, sockets on the loopback interface, other programs.
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

public final class Main {
	private static void check(boolean holds) {
		if (!holds)
			throw new AssertionError();
	}

	private static void threads() throws Exception {
		ExecutorService pool = Executors.newFixedThreadPool(8);
		CompletableFuture<Integer> sum = CompletableFuture.completedFuture(0);

		for (int i = 0; i < 100; i++) {
			int n = i;
			sum = sum.thenCombine(CompletableFuture.supplyAsync(() -> n, pool), Integer::sum);
		}
		check(sum.get(20, TimeUnit.SECONDS) == 4950);
		pool.shutdown();
		check(IntStream.range(0, 1000).parallel().sum() == 499500);
	}

	private static void files() throws IOException {
		Path file = Files.createTempFile("real", ".txt");

		Files.writeString(file, "hello");
		try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
			byte[] text = new byte[5];
			channel.map(FileChannel.MapMode.READ_ONLY, 0, 5).get(text);
			check(new String(text, StandardCharsets.UTF_8).equals("hello"));
		}
		Files.delete(file);
	}

	private static void sockets() throws Exception {
		try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
			Thread answer = new Thread(() -> {
				try (Socket s = server.accept()) {
					s.getInputStream().transferTo(s.getOutputStream());
				} catch (IOException e) {
					throw new RuntimeException(e);
				}
			});
			answer.start();
			try (Socket s = new Socket(server.getInetAddress(), server.getLocalPort())) {
				s.setSoTimeout(20000);
				s.getOutputStream().write("hello\n".getBytes(StandardCharsets.UTF_8));
				check("hello".equals(new BufferedReader(
					new InputStreamReader(s.getInputStream())).readLine()));
			}
			answer.join(20000);
		}
	}

	private static void programs() throws Exception {
		Process p = new ProcessBuilder("expr", "6", "*", "7").start();

		check(new String(p.getInputStream().readAllBytes()).equals("42\n"));
		check(p.waitFor(20, TimeUnit.SECONDS) && p.exitValue() == 0);
	}

	public static void main(String[] args) throws Exception {
		threads();
		System.out.println("threads");
		files();
		System.out.println("files");
		sockets();
		System.out.println("sockets");
		programs();
		System.out.println("programs");
	}
}
