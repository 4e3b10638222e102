// Publishes the messages of a file as fast as a broker takes them, or at a rate: what `make bench ONLY=home` and the tests drive hubs with.
//
//   mqtt_load HOST PORT USER PASSWORD FILE QOS RETAIN IN_FLIGHT RATE
//
// Each line of FILE is a topic, a tab and a payload. IN_FLIGHT is how many messages of quality 1 may be unacknowledged, RATE messages a second, 0 for as
// fast as it goes. Prints when it began (CLOCK_MONOTONIC, as Python's time.monotonic), and the seconds until the broker had all of them.
//
// MQTT 3.1.1 by hand, many packets in one write: libmosquitto makes four system calls of each message, and takes from the hub the processor it is measured on.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static unsigned char out[1 << 16];
static size_t filled;
static long acknowledged;
static int broker;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static void fail(const char *why) { fprintf(stderr, "mqtt_load: %s\n", why), exit(1); }

static void put(const void *data, size_t length) { memcpy(out + filled, data, length), filled += length; }
static void put_byte(int byte) { out[filled++] = byte; }
static void put_text(const char *text) {
    const size_t length = strlen(text);
    put_byte(length >> 8), put_byte(length), put(text, length);
}
static void put_length(size_t length) {
    do put_byte(length % 128 | (length >= 128 ? 128 : 0)); while (length /= 128);
}

// Reads what has come, waiting up to so many milliseconds: only acknowledgements, of four bytes each.
static void hear(int milliseconds) {
    static unsigned char in[1 << 14];
    static size_t kept;
    struct pollfd wait = {broker, POLLIN, 0};
    if (poll(&wait, 1, milliseconds) <= 0) return;
    const ssize_t got = recv(broker, in + kept, sizeof in - kept, 0);
    if (got <= 0) fail("the connection ended");
    kept += got;
    size_t place = 0;
    for (; place + 4 <= kept; place += 4, acknowledged++) if (in[place] != 0x40 || in[place + 1] != 2) fail("the broker said something else than that it has a message");
    memmove(in, in + place, kept -= place);
}

static void flush(void) {
    for (size_t sent = 0; sent < filled;) {
        const ssize_t more = send(broker, out + sent, filled - sent, MSG_NOSIGNAL);
        if (more <= 0) fail("the connection ended");
        sent += more;
    }
    filled = 0;
}

static void join(char **words) {
    const int yes = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(words[2]))};
    broker = socket(AF_INET, SOCK_STREAM, 0);
    if (inet_pton(AF_INET, words[1], &address.sin_addr) != 1 || connect(broker, (struct sockaddr *)&address, sizeof address)) fail("there is no broker");
    setsockopt(broker, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    const int named = *words[3] != 0;
    char name[40];
    snprintf(name, sizeof name, "mqtt_load%d", (int)getpid());
    put_byte(0x10), put_length(12 + strlen(name) + (named ? 4 + strlen(words[3]) + strlen(words[4]) : 0));
    put_text("MQTT"), put_byte(4), put_byte(named ? 0xC2 : 2), put_byte(0), put_byte(0), put_text(name);
    if (named) put_text(words[3]), put_text(words[4]);
    flush();
    unsigned char answer[4];
    if (recv(broker, answer, 4, MSG_WAITALL) != 4 || answer[0] != 0x20 || answer[3]) fail("the broker doesn't let it in");
}

static void publish(const char *topic, const char *payload, int qos, int retain, long number) {
    const size_t length = 2 + strlen(topic) + (qos ? 2 : 0) + strlen(payload);
    if (length > sizeof out / 2) fail("a message is too long");
    if (filled + length + 8 > sizeof out) flush();
    put_byte(0x30 | qos << 1 | retain), put_length(length), put_text(topic);
    if (qos) put_byte((number % 65535 + 1) >> 8), put_byte(number % 65535 + 1);
    put(payload, strlen(payload));
}

static char *whole(const char *name) {
    FILE *file = fopen(name, "rb");
    if (!file) fail("the file can't be read");
    fseek(file, 0, SEEK_END);
    const long size = ftell(file);
    rewind(file);
    char *text = malloc(size + 1);
    text[fread(text, 1, size, file)] = 0;
    return fclose(file), text;
}

int main(int count, char **words) {
    if (count != 10) fail("HOST PORT USER PASSWORD FILE QOS RETAIN IN_FLIGHT RATE");
    const int qos = atoi(words[6]) != 0, retain = atoi(words[7]) != 0;
    const long in_flight = atol(words[8]);
    const double rate = atof(words[9]);
    char *text = whole(words[5]);
    join(words);
    const double began = now();
    long sent = 0;
    for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1, sent++) {
        *end = 0;
        char *payload = strchr(line, '\t');
        if (!payload) fail("a line has no tab");
        *payload++ = 0;
        if (rate > 0 && now() < began + sent / rate) flush();
        while (rate > 0 && now() < began + sent / rate) hear(1);
        if (qos && sent - acknowledged >= in_flight) {
            // Until a quarter is free again: one message for each acknowledgement would be a write for each.
            for (flush(); sent - acknowledged > in_flight * 3 / 4;) hear(1000);
        }
        publish(line, payload, qos, retain, sent);
    }
    flush();
    while (qos && acknowledged < sent) hear(1000);
    // A goodbye is answered by the end of the connection once all that came before it is taken in.
    send(broker, "\xE0\x00", 2, MSG_NOSIGNAL);
    while (recv(broker, out, sizeof out, 0) > 0) {}
    printf("%.6f %.6f\n", began, now() - began);
    return 0;
}
