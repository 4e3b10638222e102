#define _GNU_SOURCE
// Sends one HTTP/1.1 request over and over on several connections, each waiting for its answer before the next, from one thread.
//
//   http_load PORT CONNECTIONS SECONDS <request
//
// Prints requests per second, and the median and 99th percentile of the latency in milliseconds. Any answer but 200 ends it with an error.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_CONNECTIONS = 1024, MOST_BYTES = 1 << 20, MOST_TIMES = 1 << 24 };

struct connection {
    int socket;
    int filled;
    double began;
    char answer[1 << 16];
};

static struct connection connections[MOST_CONNECTIONS];
static char request[MOST_BYTES];
static float times[MOST_TIMES];
static int request_bytes, count;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static void fail(const char *what) {
    fprintf(stderr, "http_load: %s\n", what);
    exit(1);
}

static void ask(struct connection *c) {
    c->filled = 0;
    c->began = now();
    if (write(c->socket, request, request_bytes) != request_bytes) fail("the request could not be sent");
}

static void open_connection(struct connection *c, int port, int poller) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int yes = 1;
    c->socket = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(c->socket, (struct sockaddr *)&address, sizeof address)) fail("no connection");
    setsockopt(c->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(poller, EPOLL_CTL_ADD, c->socket, &event);
}

// Whether the whole answer has come.
static int is_whole(struct connection *c) {
    c->answer[c->filled] = 0;
    char *body = strstr(c->answer, "\r\n\r\n");
    if (!body) return 0;
    if (strncmp(c->answer, "HTTP/1.1 200", 12)) fail(c->answer);
    char *length = strcasestr(c->answer, "\r\ncontent-length:");
    if (!length || length > body) fail("the answer has no Content-Length");
    return c->filled >= body + 4 - c->answer + atoi(length + 17);
}

static void take(struct connection *c) {
    ssize_t got = read(c->socket, c->answer + c->filled, sizeof c->answer - 1 - c->filled);
    if (got <= 0) fail("the connection was closed, or the answer is too long");
    c->filled += got;
    if (!is_whole(c)) return;
    if (count < MOST_TIMES) times[count++] = now() - c->began;
    ask(c);
}

static int compare(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    if (argc != 4) fail("http_load PORT CONNECTIONS SECONDS <request");
    int wanted = atoi(argv[2]), poller = epoll_create1(0);
    if (wanted < 1 || wanted > MOST_CONNECTIONS) fail("1 to 1024 connections");
    request_bytes = fread(request, 1, sizeof request, stdin);
    for (int i = 0; i < wanted; i++) open_connection(&connections[i], atoi(argv[1]), poller);
    double began = now(), end = began + atof(argv[3]);
    for (int i = 0; i < wanted; i++) ask(&connections[i]);
    while (now() < end) {
        struct epoll_event events[64];
        int ready = epoll_wait(poller, events, 64, 100);
        for (int i = 0; i < ready; i++) take(events[i].data.ptr);
    }
    double seconds = now() - began;
    if (!count) fail("no answer came");
    qsort(times, count, sizeof *times, compare);
    printf("%.1f %.4f %.4f\n", count / seconds, 1e3 * times[count / 2], 1e3 * times[(int)(count * 0.99)]);
    return 0;
}
