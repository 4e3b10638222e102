// Publishes messages as fast as a broker takes them: what `make bench ONLY=home` drives both hubs with.
//
//   mqtt_load HOST PORT USER PASSWORD SENSORS MESSAGES QOS IN_FLIGHT
//
// Message i goes to bench/s(i mod SENSORS)/state with a number that differs from the one before on its topic. Prints the seconds until the broker had
// all of them.
#include <mosquitto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static long acknowledged;

static void on_publish(struct mosquitto *m, void *data, int id) { acknowledged++; }

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

int main(int count, char **words) {
    if (count != 9) return fprintf(stderr, "mqtt_load HOST PORT USER PASSWORD SENSORS MESSAGES QOS IN_FLIGHT\n"), 2;
    const long sensors = atol(words[5]), messages = atol(words[6]), in_flight = atol(words[8]);
    const int qos = atoi(words[7]);
    mosquitto_lib_init();
    struct mosquitto *m = mosquitto_new("mqtt_load", true, NULL);
    if (*words[3]) mosquitto_username_pw_set(m, words[3], words[4]);
    mosquitto_int_option(m, MOSQ_OPT_SEND_MAXIMUM, (int)in_flight);
    mosquitto_int_option(m, MOSQ_OPT_TCP_NODELAY, 1);
    mosquitto_publish_callback_set(m, on_publish);
    if (mosquitto_connect(m, words[1], atoi(words[2]), 60)) return fprintf(stderr, "mqtt_load: no broker\n"), 1;
    const double began = now();
    for (long i = 0; i < messages; i++) {
        char topic[64], text[32];
        snprintf(topic, sizeof topic, "bench/s%ld/state", i % sensors);
        const int length = snprintf(text, sizeof text, "%ld.%ld", i / sensors % 1000, i % 10);
        if (mosquitto_publish(m, NULL, topic, length, text, qos, false)) return fprintf(stderr, "mqtt_load: it can't be published\n"), 1;
        // Not more unacknowledged than the window: what libmosquitto queues beyond it costs more than it sends.
        while (i + 1 - acknowledged >= in_flight) if (mosquitto_loop(m, 10, 1)) return fprintf(stderr, "mqtt_load: the connection ended\n"), 1;
    }
    while (acknowledged < messages) if (mosquitto_loop(m, 10, 1)) return fprintf(stderr, "mqtt_load: the connection ended\n"), 1;
    printf("%.4f\n", now() - began);
    mosquitto_disconnect(m);
    return 0;
}
