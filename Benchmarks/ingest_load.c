#define _GNU_SOURCE
// Posts points as lines of InfluxDB's line protocol on several connections, each waiting for its answer before its next body, from one thread.
//
//   ingest_load PORT PATH CONNECTIONS SERIES LINES BODIES FIRST_MILLISECOND [TOKEN]
//
// Line n of all is of the series n % SERIES; a series has a point a second, with a value of its own each time. Times are in milliseconds, so PATH says
// precision=ms. Prints points stored, seconds, and the median and 99th percentile of the latency in milliseconds. Any answer but 200 and 204 ends it;
// after 429 the same body is sent again.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_CONNECTIONS = 64, LINE = 128, MOST_TIMES = 1 << 20 };

struct connection {
    int socket, filled, head;
    long sent, size;
    double began;
    char *body, answer[1 << 14];
};

static struct connection connections[MOST_CONNECTIONS];
static double times[MOST_TIMES];
static long series, lines, bodies, next_body, done, first, again;
static const char *path, *token;
static unsigned long state = 1;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static void fail(const char *what) {
    fprintf(stderr, "ingest_load: %s\n", what);
    exit(1);
}

static char *digits(char *at, long number, int width) {
    for (int place = width - 1; place >= 0; place--, number /= 10) at[place] = '0' + number % 10;
    return at + width;
}

static char *line(char *at, long n) {
    at = stpcpy(at, "air,district=north,kind=no2,station=");
    at = digits(at, n % series, 6);
    at = stpcpy(at, " value=");
    state = state * 6364136223846793005UL + 1442695040888963407UL;
    at = digits(at, 100 + (state >> 40) % 900, 3);
    *at++ = '.';
    at = digits(at, (state >> 33) % 100, 2);
    *at++ = ' ';
    at = digits(at, first + n / series * 1000, 13);
    *at++ = '\n';
    return at;
}

// The next body, with its head before it.
static void make(struct connection *c) {
    char *text = c->body + 512, *at = text;
    for (long n = next_body * lines; n < (next_body + 1) * lines; n++) at = line(at, n);
    next_body++;
    char head[512];
    int length = snprintf(head, sizeof head, "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\n%s%s%sContent-Length: %ld\r\n\r\n", path,
                          token ? "Authorization: Token " : "", token ? token : "", token ? "\r\n" : "", (long)(at - text));
    c->head = 512 - length;
    memcpy(c->body + c->head, head, length);
    c->size = at - c->body;
}

static void push(struct connection *c, int poller) {
    while (c->sent < c->size) {
        ssize_t sent = send(c->socket, c->body + c->sent, c->size - c->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0) break;
        c->sent += sent;
    }
    struct epoll_event event = {.events = EPOLLIN | (c->sent < c->size ? EPOLLOUT : 0), .data.ptr = c};
    epoll_ctl(poller, EPOLL_CTL_MOD, c->socket, &event);
}

static void begin(struct connection *c, int poller) {
    c->sent = c->head;
    c->filled = 0;
    push(c, poller);
}

static void ask(struct connection *c, int poller) {
    if (next_body >= bodies) return;
    make(c);
    c->began = now();
    begin(c, poller);
}

static void take(struct connection *c, int poller) {
    ssize_t got = read(c->socket, c->answer + c->filled, sizeof c->answer - 1 - c->filled);
    if (got <= 0) fail("the connection was closed, or the answer is too long");
    c->filled += got;
    c->answer[c->filled] = 0;
    char *body = strstr(c->answer, "\r\n\r\n");
    if (!body) return;
    char *length = strcasestr(c->answer, "\r\ncontent-length:");
    if (length && length < body && c->filled < body + 4 - c->answer + atoi(length + 17)) return;
    if (!strncmp(c->answer, "HTTP/1.1 429", 12)) {
        again++;
        usleep(20000);
        return begin(c, poller);
    }
    if (strncmp(c->answer, "HTTP/1.1 204", 12) && strncmp(c->answer, "HTTP/1.1 200", 12)) fail(c->answer);
    if (done < MOST_TIMES) times[done] = now() - c->began;
    done++;
    ask(c, poller);
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void open_connection(struct connection *c, int port, int poller) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    c->socket = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(c->socket, (struct sockaddr *)&address, sizeof address)) fail("nobody listens on the port");
    int on = 1;
    setsockopt(c->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(poller, EPOLL_CTL_ADD, c->socket, &event);
    if (!(c->body = malloc(512 + lines * LINE))) fail("too little memory");
}

int main(int argc, char **argv) {
    if (argc < 8) fail("ingest_load PORT PATH CONNECTIONS SERIES LINES BODIES FIRST_MILLISECOND [TOKEN]");
    int wanted = atoi(argv[3]), poller = epoll_create1(0);
    path = argv[2], series = atol(argv[4]), lines = atol(argv[5]), bodies = atol(argv[6]), first = atol(argv[7]);
    token = argc > 8 ? argv[8] : NULL;
    if (wanted < 1 || wanted > MOST_CONNECTIONS || series < 1 || lines < 1 || strlen(path) > 200) fail("a number is out of range");
    for (int i = 0; i < wanted; i++) open_connection(&connections[i], atoi(argv[1]), poller);
    double began = now();
    for (int i = 0; i < wanted; i++) ask(&connections[i], poller);
    while (done < bodies) {
        struct epoll_event events[64];
        int ready = epoll_wait(poller, events, 64, 1000);
        for (int i = 0; i < ready; i++) {
            if (events[i].events & EPOLLOUT) push(events[i].data.ptr, poller);
            if (events[i].events & EPOLLIN) take(events[i].data.ptr, poller);
        }
    }
    double seconds = now() - began;
    long count = done < MOST_TIMES ? done : MOST_TIMES;
    qsort(times, count, sizeof *times, compare);
    printf("%ld %.3f %.2f %.2f %ld\n", done * lines, seconds, 1e3 * times[count / 2], 1e3 * times[count * 99 / 100], again);
    return 0;
}
