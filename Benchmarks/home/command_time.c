// Times commands through a hub: from the first byte of an HTTP request to the message at the device, which reports back what it was told.
//
//   command_time PORT REQUESTS MQTT_PORT USER PASSWORD COMMAND_TOPIC STATE_TOPIC TIMES
//
// REQUESTS are two files with whole requests, separated by a comma, sent in turn over one connection. Prints for each request the milliseconds until the
// command was at the device, and until the answer had come.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <mosquitto.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static char *state_topic;
static double commanded;
static int isSubscribed;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static int fail(const char *why) { return fprintf(stderr, "command_time: %s\n", why), exit(1), 1; }

static void on_message(struct mosquitto *m, void *data, const struct mosquitto_message *message) {
    if (!commanded) commanded = now();
    mosquitto_publish(m, NULL, state_topic, message->payloadlen, message->payload, 1, false);
}

static void on_subscribe(struct mosquitto *m, void *data, int id, int count, const int *granted) { isSubscribed = 1; }

static struct mosquitto *device(char **words) {
    mosquitto_lib_init();
    struct mosquitto *m = mosquitto_new(NULL, true, NULL);
    mosquitto_username_pw_set(m, words[4], words[5]);
    mosquitto_int_option(m, MOSQ_OPT_TCP_NODELAY, 1);
    mosquitto_message_callback_set(m, on_message);
    mosquitto_subscribe_callback_set(m, on_subscribe);
    if (mosquitto_connect(m, "127.0.0.1", atoi(words[3]), 60)) fail("there is no broker");
    mosquitto_subscribe(m, NULL, words[6], 1);
    while (!isSubscribed) if (mosquitto_loop(m, 100, 1)) fail("the broker doesn't let it in");
    return m;
}

static int hub(int port) {
    const int hub = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(hub, (struct sockaddr *)&address, sizeof address)) fail("there is no hub");
    setsockopt(hub, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return hub;
}

// Whether `text` is a whole answer; one that isn't 200 ends the program.
static int is_answer(const char *text, size_t length) {
    const char *head = memmem(text, length, "\r\n\r\n", 4), *field = strcasestr(text, "\r\ncontent-length:");
    if (!head) return 0;
    if (strncmp(text, "HTTP/1.1 200", 12)) fail(text);
    if (!field || field > head) fail("an answer says no length");
    return length >= (size_t)(head + 4 - text) + strtoul(field + 17, NULL, 10);
}

static char *whole(const char *name, size_t *length) {
    static char rooms[2][1 << 14];
    static int taken;
    FILE *file = fopen(name, "rb");
    if (!file) fail("a request can't be read");
    char *text = rooms[taken++];
    *length = fread(text, 1, 1 << 14, file);
    return fclose(file), text;
}

static void one(struct mosquitto *m, int socket, const char *request, size_t length) {
    static char answer[1 << 18];
    size_t got = 0;
    double answered = 0;
    commanded = 0;
    const double began = now();
    if (send(socket, request, length, 0) != (ssize_t)length) fail("the hub closed the connection");
    while (!commanded || !answered) {
        struct pollfd waits[] = {{socket, POLLIN, 0}, {mosquitto_socket(m), POLLIN | (mosquitto_want_write(m) ? POLLOUT : 0), 0}};
        if (poll(waits, 2, 10000) <= 0) fail("a command never came");
        if (waits[1].revents && (mosquitto_loop_read(m, 1) || mosquitto_loop_write(m, 1))) fail("the connection to the broker ended");
        if (!waits[0].revents) continue;
        const ssize_t more = recv(socket, answer + got, sizeof answer - 1 - got, 0);
        if (more <= 0) fail("the hub closed the connection");
        answer[got += more] = 0;
        if (is_answer(answer, got)) answered = now();
    }
    printf("%.4f %.4f\n", (commanded - began) * 1e3, (answered - began) * 1e3);
}

int main(int count, char **words) {
    if (count != 9) return fail("PORT REQUESTS MQTT_PORT USER PASSWORD COMMAND_TOPIC STATE_TOPIC TIMES");
    state_topic = words[7];
    size_t lengths[2];
    char *comma = strchr(words[2], ',');
    if (!comma) return fail("two requests are needed");
    *comma = 0;
    const char *requests[] = {whole(words[2], &lengths[0]), whole(comma + 1, &lengths[1])};
    struct mosquitto *m = device(words);
    const int socket = hub(atoi(words[1]));
    for (long i = 0; i < atol(words[8]); i++) {
        one(m, socket, requests[i % 2], lengths[i % 2]);
        mosquitto_loop_misc(m);
    }
    return 0;
}
