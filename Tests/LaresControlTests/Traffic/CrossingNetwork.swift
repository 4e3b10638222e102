/// Two roads that cross, with turns, two lanes on one of them, and crossings for pedestrians over two arms.
enum CrossingNetwork {
    static let text = """
        <net version="1.20">
        <edge id=":c_0" function="internal">
        <lane id=":c_0_0" index="0" disallow="pedestrian" speed="6.51" length="4.75"/>
        </edge>
        <edge id=":c_1" function="internal">
        <lane id=":c_1_0" index="0" disallow="pedestrian" speed="13.89" length="20.80"/>
        </edge>
        <edge id=":c_2" function="internal">
        <lane id=":c_2_0" index="0" disallow="pedestrian" speed="8.67" length="5.56"/>
        </edge>
        <edge id=":c_14" function="internal">
        <lane id=":c_14_0" index="0" disallow="pedestrian" speed="6.51" length="4.28"/>
        </edge>
        <edge id=":c_15" function="internal">
        <lane id=":c_15_0" index="0" disallow="pedestrian" speed="8.67" length="11.29"/>
        </edge>
        <edge id=":c_3" function="internal">
        <lane id=":c_3_0" index="0" disallow="pedestrian" speed="6.51" length="9.03"/>
        </edge>
        <edge id=":c_4" function="internal">
        <lane id=":c_4_0" index="0" disallow="pedestrian" speed="13.89" length="14.40"/>
        <lane id=":c_4_1" index="1" disallow="pedestrian" speed="13.89" length="14.40"/>
        </edge>
        <edge id=":c_6" function="internal">
        <lane id=":c_6_0" index="0" disallow="pedestrian" speed="8.67" length="3.71"/>
        </edge>
        <edge id=":c_16" function="internal">
        <lane id=":c_16_0" index="0" disallow="pedestrian" speed="8.67" length="13.14"/>
        </edge>
        <edge id=":c_7" function="internal">
        <lane id=":c_7_0" index="0" disallow="pedestrian" speed="6.51" length="9.03"/>
        </edge>
        <edge id=":c_8" function="internal">
        <lane id=":c_8_0" index="0" disallow="pedestrian" speed="13.89" length="20.80"/>
        </edge>
        <edge id=":c_9" function="internal">
        <lane id=":c_9_0" index="0" disallow="pedestrian" speed="8.67" length="5.56"/>
        </edge>
        <edge id=":c_17" function="internal">
        <lane id=":c_17_0" index="0" disallow="pedestrian" speed="8.67" length="11.29"/>
        </edge>
        <edge id=":c_10" function="internal">
        <lane id=":c_10_0" index="0" disallow="pedestrian" speed="6.51" length="4.75"/>
        </edge>
        <edge id=":c_11" function="internal">
        <lane id=":c_11_0" index="0" disallow="pedestrian" speed="13.89" length="14.40"/>
        <lane id=":c_11_1" index="1" disallow="pedestrian" speed="13.89" length="14.40"/>
        </edge>
        <edge id=":c_13" function="internal">
        <lane id=":c_13_0" index="0" disallow="pedestrian" speed="8.67" length="3.71"/>
        </edge>
        <edge id=":c_18" function="internal">
        <lane id=":c_18_0" index="0" disallow="pedestrian" speed="6.51" length="4.28"/>
        </edge>
        <edge id=":c_19" function="internal">
        <lane id=":c_19_0" index="0" disallow="pedestrian" speed="8.67" length="13.14"/>
        </edge>
        <edge id=":c_c0" function="crossing" crossingEdges="cs sc">
        <lane id=":c_c0_0" index="0" allow="pedestrian" speed="2.78" length="6.40"/>
        </edge>
        <edge id=":c_c1" function="crossing" crossingEdges="cw wc">
        <lane id=":c_c1_0" index="0" allow="pedestrian" speed="2.78" length="12.80"/>
        </edge>
        <edge id=":c_w0" function="walkingarea">
        <lane id=":c_w0_0" index="0" allow="pedestrian" speed="2.78" length="3.53"/>
        </edge>
        <edge id=":c_w1" function="walkingarea">
        <lane id=":c_w1_0" index="0" allow="pedestrian" speed="2.78" length="4.24"/>
        </edge>
        <edge id=":c_w2" function="walkingarea">
        <lane id=":c_w2_0" index="0" allow="pedestrian" speed="2.78" length="3.53"/>
        </edge>
        <edge id=":c_w3" function="walkingarea">
        <lane id=":c_w3_0" index="0" allow="pedestrian" speed="2.78" length="3.30"/>
        </edge>
        <edge id=":e_w0" function="walkingarea">
        <lane id=":e_w0_0" index="0" allow="pedestrian" speed="2.78" length="14.80"/>
        </edge>
        <edge id=":n_w0" function="walkingarea">
        <lane id=":n_w0_0" index="0" allow="pedestrian" speed="2.78" length="8.40"/>
        </edge>
        <edge id=":s_w0" function="walkingarea">
        <lane id=":s_w0_0" index="0" allow="pedestrian" speed="2.78" length="8.40"/>
        </edge>
        <edge id=":w_w0" function="walkingarea">
        <lane id=":w_w0_0" index="0" allow="pedestrian" speed="2.78" length="14.80"/>
        </edge>
        <edge id="ce" from="c" to="e" priority="-1">
        <lane id="ce_0" index="0" allow="pedestrian" speed="13.89" length="142.80"/>
        <lane id="ce_1" index="1" disallow="pedestrian" speed="13.89" length="142.80"/>
        <lane id="ce_2" index="2" disallow="pedestrian" speed="13.89" length="142.80"/>
        </edge>
        <edge id="cn" from="c" to="n" priority="-1">
        <lane id="cn_0" index="0" allow="pedestrian" speed="13.89" length="139.60"/>
        <lane id="cn_1" index="1" disallow="pedestrian" speed="13.89" length="139.60"/>
        </edge>
        <edge id="cs" from="c" to="s" priority="-1">
        <lane id="cs_0" index="0" allow="pedestrian" speed="13.89" length="139.60"/>
        <lane id="cs_1" index="1" disallow="pedestrian" speed="13.89" length="139.60"/>
        </edge>
        <edge id="cw" from="c" to="w" priority="-1">
        <lane id="cw_0" index="0" allow="pedestrian" speed="13.89" length="142.80"/>
        <lane id="cw_1" index="1" disallow="pedestrian" speed="13.89" length="142.80"/>
        <lane id="cw_2" index="2" disallow="pedestrian" speed="13.89" length="142.80"/>
        </edge>
        <edge id="ec" from="e" to="c" priority="-1">
        <lane id="ec_0" index="0" allow="pedestrian" speed="13.89" length="142.80"/>
        <lane id="ec_1" index="1" disallow="pedestrian" speed="13.89" length="142.80"/>
        <lane id="ec_2" index="2" disallow="pedestrian" speed="13.89" length="142.80"/>
        </edge>
        <edge id="nc" from="n" to="c" priority="-1">
        <lane id="nc_0" index="0" allow="pedestrian" speed="13.89" length="139.60"/>
        <lane id="nc_1" index="1" disallow="pedestrian" speed="13.89" length="139.60"/>
        </edge>
        <edge id="sc" from="s" to="c" priority="-1">
        <lane id="sc_0" index="0" allow="pedestrian" speed="13.89" length="139.60"/>
        <lane id="sc_1" index="1" disallow="pedestrian" speed="13.89" length="139.60"/>
        </edge>
        <edge id="wc" from="w" to="c" priority="-1">
        <lane id="wc_0" index="0" allow="pedestrian" speed="13.89" length="142.80"/>
        <lane id="wc_1" index="1" disallow="pedestrian" speed="13.89" length="142.80"/>
        <lane id="wc_2" index="2" disallow="pedestrian" speed="13.89" length="142.80"/>
        </edge>
        <tlLogic id="c" type="static" programID="0" offset="0">
        <phase duration="37" state="rrrGGGgrrrgGGgGr"/>
        <phase duration="5"  state="rrrGGGgrrrgGGgrr"/>
        <phase duration="3"  state="rrryyyyrrryyyyrr"/>
        <phase duration="37" state="gGgrrrrGGgrrrrrG"/>
        <phase duration="5"  state="gGgrrrrGGgrrrrrr"/>
        <phase duration="3"  state="yyyrrrryyyrrrrrr"/>
        </tlLogic>
        <junction id="c" type="traffic_light" x="150.00" y="150.00" incLanes="nc_0 nc_1 ec_0 ec_1 ec_2 sc_0 sc_1 wc_0 wc_1 wc_2
        :c_w3_0 :c_w0_0" intLanes=":c_14_0 :c_1_0 :c_15_0 :c_3_0 :c_4_0 :c_4_1 :c_16_0 :c_7_0 :c_8_0 :c_17_0 :c_18_0 :c_11_0 :c_11_1
        :c_19_0 :c_c0_0 :c_c1_0">
        <request index="0"  response="1000000000110000" foes="1000000000110000" cont="1"/>
        <request index="1"  response="0111110001110000" foes="0111111001110000" cont="0"/>
        <request index="2"  response="0011100101110000" foes="0011100101110000" cont="1"/>
        <request index="3"  response="0000000000000000" foes="0010000100000000" cont="0"/>
        <request index="4"  response="1000000000000101" foes="1010001100000111" cont="0"/>
        <request index="5"  response="1000001000000100" foes="1010001100000111" cont="0"/>
        <request index="6"  response="0101111000000100" foes="0101111100000110" cont="1"/>
        <request index="7"  response="0101100000000000" foes="0101100000000000" cont="0"/>
        <request index="8"  response="0111100001111000" foes="0111100001111100" cont="0"/>
        <request index="9"  response="1111100001110010" foes="1111100001110010" cont="1"/>
        <request index="10" response="1100000000000000" foes="1100000001000010" cont="1"/>
        <request index="11" response="1000001000000000" foes="1000001111000110" cont="0"/>
        <request index="12" response="1000001000000100" foes="1000001111000110" cont="0"/>
        <request index="13" response="1000001000111100" foes="1000001100111110" cont="1"/>
        <request index="14" response="0000000000000000" foes="0000011111000010" cont="0"/>
        <request index="15" response="0000000000000000" foes="0011111000110001" cont="0"/>
        </junction>
        <junction id="e" type="dead_end" x="300.00" y="150.00" incLanes="ce_0 ce_1 ce_2" intLanes=""/>
        <junction id="n" type="dead_end" x="150.00" y="300.00" incLanes="cn_0 cn_1" intLanes=""/>
        <junction id="s" type="dead_end" x="150.00" y="0.00" incLanes="cs_0 cs_1" intLanes=""/>
        <junction id="w" type="dead_end" x="0.00" y="150.00" incLanes="cw_0 cw_1 cw_2" intLanes=""/>
        <connection from="ec" to="cn" fromLane="1" toLane="1" via=":c_3_0" tl="c" linkIndex="3" dir="r"/>
        <connection from="ec" to="cw" fromLane="1" toLane="1" via=":c_4_0" tl="c" linkIndex="4" dir="s"/>
        <connection from="ec" to="cw" fromLane="2" toLane="2" via=":c_4_1" tl="c" linkIndex="5" dir="s"/>
        <connection from="ec" to="cs" fromLane="2" toLane="1" via=":c_6_0" tl="c" linkIndex="6" dir="l"/>
        <connection from="nc" to="cw" fromLane="1" toLane="1" via=":c_0_0" tl="c" linkIndex="0" dir="r"/>
        <connection from="nc" to="cs" fromLane="1" toLane="1" via=":c_1_0" tl="c" linkIndex="1" dir="s"/>
        <connection from="nc" to="ce" fromLane="1" toLane="2" via=":c_2_0" tl="c" linkIndex="2" dir="l"/>
        <connection from="sc" to="ce" fromLane="1" toLane="1" via=":c_7_0" tl="c" linkIndex="7" dir="r"/>
        <connection from="sc" to="cn" fromLane="1" toLane="1" via=":c_8_0" tl="c" linkIndex="8" dir="s"/>
        <connection from="sc" to="cw" fromLane="1" toLane="2" via=":c_9_0" tl="c" linkIndex="9" dir="l"/>
        <connection from="wc" to="cs" fromLane="1" toLane="1" via=":c_10_0" tl="c" linkIndex="10" dir="r"/>
        <connection from="wc" to="ce" fromLane="1" toLane="1" via=":c_11_0" tl="c" linkIndex="11" dir="s"/>
        <connection from="wc" to="ce" fromLane="2" toLane="2" via=":c_11_1" tl="c" linkIndex="12" dir="s"/>
        <connection from="wc" to="cn" fromLane="2" toLane="1" via=":c_13_0" tl="c" linkIndex="13" dir="l"/>
        <connection from=":c_0" to="cw" fromLane="0" toLane="1" via=":c_14_0" dir="r"/>
        <connection from=":c_14" to="cw" fromLane="0" toLane="1" dir="r"/>
        <connection from=":c_1" to="cs" fromLane="0" toLane="1" dir="s"/>
        <connection from=":c_2" to="ce" fromLane="0" toLane="2" via=":c_15_0" dir="l"/>
        <connection from=":c_15" to="ce" fromLane="0" toLane="2" dir="l"/>
        <connection from=":c_3" to="cn" fromLane="0" toLane="1" dir="r"/>
        <connection from=":c_4" to="cw" fromLane="0" toLane="1" dir="s"/>
        <connection from=":c_4" to="cw" fromLane="1" toLane="2" dir="s"/>
        <connection from=":c_6" to="cs" fromLane="0" toLane="1" via=":c_16_0" dir="l"/>
        <connection from=":c_16" to="cs" fromLane="0" toLane="1" dir="l"/>
        <connection from=":c_7" to="ce" fromLane="0" toLane="1" dir="r"/>
        <connection from=":c_8" to="cn" fromLane="0" toLane="1" dir="s"/>
        <connection from=":c_9" to="cw" fromLane="0" toLane="2" via=":c_17_0" dir="l"/>
        <connection from=":c_17" to="cw" fromLane="0" toLane="2" dir="l"/>
        <connection from=":c_10" to="cs" fromLane="0" toLane="1" via=":c_18_0" dir="r"/>
        <connection from=":c_18" to="cs" fromLane="0" toLane="1" dir="r"/>
        <connection from=":c_11" to="ce" fromLane="0" toLane="1" dir="s"/>
        <connection from=":c_11" to="ce" fromLane="1" toLane="2" dir="s"/>
        <connection from=":c_13" to="cn" fromLane="0" toLane="1" via=":c_19_0" dir="l"/>
        <connection from=":c_19" to="cn" fromLane="0" toLane="1" dir="l"/>
        <connection from=":c_c0" to=":c_w2" fromLane="0" toLane="0" dir="s"/>
        <connection from=":c_c1" to=":c_w3" fromLane="0" toLane="0" dir="s"/>
        <connection from=":c_w0" to=":c_c1" fromLane="0" toLane="0" tl="c" linkIndex="15" dir="s"/>
        <connection from=":c_w0" to="cw" fromLane="0" toLane="0" dir="s"/>
        <connection from="nc" to=":c_w0" fromLane="0" toLane="0" dir="s"/>
        <connection from=":c_w1" to="cn" fromLane="0" toLane="0" dir="s"/>
        <connection from="ec" to=":c_w1" fromLane="0" toLane="0" dir="s"/>
        <connection from=":c_w2" to="ce" fromLane="0" toLane="0" dir="s"/>
        <connection from="sc" to=":c_w2" fromLane="0" toLane="0" dir="s"/>
        <connection from=":c_w3" to=":c_c0" fromLane="0" toLane="0" tl="c" linkIndex="14" dir="s"/>
        <connection from=":c_w3" to="cs" fromLane="0" toLane="0" dir="s"/>
        <connection from="wc" to=":c_w3" fromLane="0" toLane="0" dir="s"/>
        <connection from=":e_w0" to="ec" fromLane="0" toLane="0" dir="s"/>
        <connection from="ce" to=":e_w0" fromLane="0" toLane="0" dir="s"/>
        <connection from=":n_w0" to="nc" fromLane="0" toLane="0" dir="s"/>
        <connection from="cn" to=":n_w0" fromLane="0" toLane="0" dir="s"/>
        <connection from=":s_w0" to="sc" fromLane="0" toLane="0" dir="s"/>
        <connection from="cs" to=":s_w0" fromLane="0" toLane="0" dir="s"/>
        <connection from=":w_w0" to="wc" fromLane="0" toLane="0" dir="s"/>
        <connection from="cw" to=":w_w0" fromLane="0" toLane="0" dir="s"/>
        </net>
        """
}
