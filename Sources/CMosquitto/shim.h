#pragma once
#include <mosquitto.h>
#include <mqtt_protocol.h>
// Wakes the thread that waits for the broker; Swift's Glibc leaves it out.
#include <sys/eventfd.h>
